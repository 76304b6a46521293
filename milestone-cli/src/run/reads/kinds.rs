//! Which kinds of documents commands that look print, and the types they are made from.
//!
//! Start at [`kinds`].
//!
//! - **Invariant.** A new kind has a row here, or the test that prints every document fails.

use super::forecast::{CalibrationDoc, ForecastDoc};
use super::risk::{MatrixDoc, RiskRow};
use super::stats::StatsDoc;
use super::{
    about, audit, conflicts, critical, dep, diff, doctor, export, log, migrate, phase, ready,
    replay, report, search, session, standing, template, timeline, undo, validate, verify, view,
    why,
};
use crate::run::alerts::AlertDoc;
use crate::run::backend::ScaleDoc;
use crate::run::backup::PointDoc;
use crate::run::docs::{MilestoneDoc, MilestoneShow, TaskDoc, TaskShow};
use crate::run::keys::KeyDoc;
use crate::run::phases::PhaseLook;
use crate::run::schema::{AnyObject, Kind};

/// The kinds of commands that look.
pub(in crate::run) fn kinds() -> Vec<Kind> {
    vec![
        Kind::of::<Vec<MilestoneDoc>>("milestone.list", "list"),
        Kind::of::<MilestoneShow>("milestone.show", "show MILESTONE"),
        Kind::of::<Vec<standing::StandsDoc>>("milestone.status", "status"),
        Kind::of::<Vec<TaskDoc>>("task.list", "task list"),
        Kind::of::<TaskShow>("task.show", "show TASK, task show"),
        Kind::of::<Vec<ready::ReadyDoc>>("ready.list", "ready"),
        Kind::of::<Vec<search::HitDoc>>("search", "search"),
        Kind::of::<Vec<why::WhyDoc>>("why", "why"),
        Kind::of::<Vec<dep::EdgeDoc>>("dep.tree", "dep tree"),
        Kind::of::<dep::CheckDoc>("dep.check", "dep check"),
        Kind::of::<Vec<critical::CriticalDoc>>("dep.critical", "dep critical"),
        Kind::of::<Vec<PhaseLook>>("phase.list", "phase show"),
        Kind::of::<PhaseLook>("phase.show", "phase show REF:PHASE"),
        Kind::of::<Vec<PhaseLook>>("review.list", "review --pending"),
        Kind::of::<Vec<phase::WorkflowDoc>>("workflow.list", "workflow list, workflow check"),
        Kind::of::<Vec<AnyObject>>("workflow.show", "workflow show"),
        Kind::of::<phase::WorkflowDoc>("workflow.check", "workflow check FILE"),
        Kind::of::<Vec<RiskRow>>("risk.list", "risk list"),
        Kind::of::<MatrixDoc<'_>>("risk.matrix", "risk matrix"),
        Kind::of::<Vec<log::EventDoc<'_>>>("event.list", "log"),
        Kind::of::<Vec<audit::AuditDoc<'_>>>("audit", "audit"),
        Kind::of::<diff::DiffDoc<'_>>("diff", "diff"),
        Kind::of::<Vec<undo::UndoDoc>>("undo.list", "undo --list"),
        Kind::of::<ForecastDoc>("forecast", "forecast"),
        Kind::of::<CalibrationDoc>("forecast.calibration", "forecast --calibrate"),
        Kind::of::<StatsDoc>("stats", "stats"),
        Kind::of::<timeline::TimelineDoc<'_>>("timeline", "timeline"),
        Kind::of::<report::ReportDoc>("report.status", "report status"),
        Kind::of::<report::ReportDoc>("report.retro", "report retro"),
        Kind::of::<report::ReportDoc>("report.portfolio", "report portfolio"),
        Kind::of::<Vec<session::SessionDoc>>("session.list", "session list"),
        Kind::of::<session::Point>("session.show", "session show"),
        Kind::of::<Vec<view::ViewDoc<'_>>>("view.list", "view list"),
        Kind::of::<view::ViewDoc<'_>>("view.show", "view show"),
        Kind::of::<Vec<template::RowDoc<'_>>>("template.list", "template list"),
        Kind::of::<template::TemplateDoc<'_>>("template.show", "template show"),
        Kind::of::<template::CheckDoc>("template.check", "template check"),
        Kind::of::<Vec<export::Exported>>("export", "export"),
        Kind::of::<Vec<AlertDoc<'_>>>("alert.list", "alerts"),
        Kind::of::<Vec<PointDoc<'_>>>("backup.list", "backup list"),
        Kind::of::<Vec<KeyDoc>>("key.list", "key list"),
        Kind::of::<KeyDoc>("key", "key show"),
        Kind::of::<Vec<conflicts::ConflictDoc>>("conflict.list", "conflicts"),
        Kind::of::<verify::VerifyDoc>("log.verify", "log verify"),
        Kind::of::<verify::HasDoc>("log.has", "log has"),
        Kind::of::<replay::ReplayDoc>("replay", "replay"),
        Kind::of::<replay::CheckDoc>("replay.check", "replay --check"),
        Kind::of::<ScaleDoc>("scale", "scale"),
        Kind::of::<migrate::PlanDoc>("migrate.plan", "migrate plan"),
        Kind::of::<migrate::StatusDoc>("migrate.status", "migrate status"),
        Kind::of::<doctor::DoctorDoc>("doctor", "doctor"),
        Kind::of::<validate::ValidateDoc>("validate", "validate"),
        Kind::of::<about::VersionDoc>("version", "version"),
    ]
}
