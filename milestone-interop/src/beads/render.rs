//! The loss report as lines of text, for a person before and after an import.
//!
//! - **Start here.** [`LossReport::lines`].
//! - **Invariant.** Every count that is not zero is in the lines; losses come last, each named.
//! - **Absent on purpose.** Colour, width and any cut of a long list: those belong to the caller.

use super::report::{EdgeCount, FieldCount, FileCount, Loss, LossReport};

impl LossReport {
    /// The whole report.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec!["files".to_owned()];
        lines.extend(self.files.iter().map(file_line));
        let issues = self.issues;
        lines.push("issues".to_owned());
        lines.push(format!(
            "  {}: {}",
            issues.total,
            parts(&[
                (issues.milestones, "milestones"),
                (issues.tasks, "tasks"),
                (issues.orphans, "tasks of the milestone named"),
            ])
        ));
        let from = self.containment;
        let parents = [
            (from.edge, "by edge"),
            (from.parent_member, "by parent"),
            (from.dotted_id, "by dotted id"),
            (from.top, "without"),
        ];
        lines.push(format!("  parents: {}", parts(&parents)));
        lines.push("fields".to_owned());
        lines.extend(self.fields.iter().map(|(name, field)| field_line(name, field)));
        lines.push("edges".to_owned());
        lines.extend(self.edges.iter().map(|(kind, edge)| edge_line(kind, edge)));
        if !self.warnings.is_empty() {
            lines.push("warnings".to_owned());
        }
        for warning in &self.warnings {
            let examples = warning.examples.join(", ");
            lines.push(format!("  {} ×: {} ({examples})", warning.count, warning.text));
        }
        lines.push(format!("losses: {}", self.loss_count()));
        lines.extend(self.losses.iter().map(loss_line));
        lines
    }
}

/// The counts that are not zero, in words.
fn parts(counts: &[(u64, &str)]) -> String {
    let said = counts.iter().filter(|(count, _)| *count > 0);
    let said: Vec<_> = said.map(|(count, what)| format!("{count} {what}")).collect();
    if said.is_empty() { "none".to_owned() } else { said.join(", ") }
}

fn file_line(file: &FileCount) -> String {
    let counts = [
        (file.mapped, "used"),
        (file.blank, "blank"),
        (file.repeated, "repeated"),
        (file.superseded, "superseded"),
        (file.malformed, "malformed"),
        (file.conflict_markers, "conflict markers"),
        (file.not_issues, "no issues"),
        (file.detached, "of issues not in the files"),
        (file.not_imported, "not imported yet"),
    ];
    format!("  {}: {} lines: {}", file.name, file.lines, parts(&counts))
}

fn field_line(name: &str, field: &FieldCount) -> String {
    let mapped = match field.becomes {
        "" => "mapped".to_owned(),
        becomes => format!("→ {becomes}"),
    };
    let counts = [
        (field.mapped, &*mapped),
        (field.kept, "kept in source"),
        (field.empty, "empty"),
        (field.derived, "derived"),
        (field.lost, "lost"),
    ];
    format!("  {name}: {}: {}", field.seen, parts(&counts))
}

fn edge_line(kind: &str, edge: &EdgeCount) -> String {
    let counts = [
        (edge.dependency, "dependencies"),
        (edge.link, "links"),
        (edge.membership, "said by membership"),
        (edge.repeated, "repeated"),
        (edge.lost, "lost"),
    ];
    format!("  {kind}: {}: {}", edge.seen, parts(&counts))
}

fn loss_line(loss: &Loss) -> String {
    let line = loss.line.map_or_else(String::new, |line| format!(":{line}"));
    let id = loss.id.as_ref().map_or_else(String::new, |id| format!(" {id}"));
    let count = if loss.count == 1 { String::new() } else { format!(" ({} lines)", loss.count) };
    format!("  {}{line}{id}: {}{count}", loss.file, loss.detail)
}
