//! From the bytes of a file to a template that can be used.
//!
//! Start at [`parse`].
//!
//! - **Invariant.** All that is wrong is found at once, by line.

use std::collections::HashMap;

use milestone_core::words::{Slug, check_prose, check_title, nearest, slug_of};

use super::attributes::{Draft, attribute, criterion};
use super::fault::{Fault, Findings, Found};
use super::workflows::Workflows;
use super::{Template, TemplateTask, front, order};
use crate::front::{Split, split};
use crate::outline::{self, Outline};

/// Reads a template. `workflows` are those that it may name.
///
/// # Errors
///
/// Everything that is wrong with it, by line.
pub fn parse(bytes: &[u8], workflows: &Workflows) -> Result<Template, Findings> {
    let mut found = Found::default();
    let mut template = Template::default();
    match std::str::from_utf8(bytes) {
        Ok(text) => read(text, workflows, &mut template, &mut found),
        Err(error) => {
            let at = error.valid_up_to();
            let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
            found.add(line, Fault::NotUtf8 { at });
        }
    }
    if found.0.is_empty() {
        return Ok(template);
    }
    found.0.sort_by_key(|finding| finding.line);
    Err(Findings(found.0))
}

fn read(text: &str, workflows: &Workflows, template: &mut Template, found: &mut Found) {
    // Some editors begin a file with a mark for the order of its bytes, and end lines with two.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let (front, body) = match split(&text) {
        Split::Without => ("", text.clone()),
        Split::With(front, body) => (front, body),
        Split::Open => return found.add(1, Fault::FrontOpen),
    };
    let usual = front::read(front, workflows, template, found);
    let outline = match outline::read(&body) {
        Ok(outline) => outline,
        Err(error) => return found.add(1, error.into()),
    };
    let Outline { title, description, criteria, tasks, .. } = outline;
    if let Some(title) = title {
        let title = check_title(&title).map(str::to_owned);
        let title = title.map_err(|fault| Fault::BadText { what: "title", fault });
        template.title = found.take(1, title);
    }
    if !description.trim().is_empty() {
        let prose = check_prose(&description).map(str::to_owned);
        let prose = prose.map_err(|fault| Fault::BadText { what: "description", fault });
        template.description = found.take(1, prose).unwrap_or_default();
    }
    for check in &criteria {
        let text = match attribute(check) {
            Some(("check", text)) => text,
            _ => &check.text,
        };
        template.criteria.extend(found.take(check.line, criterion(text)));
    }
    let draft = |task| Draft::of(task, usual, workflows, found);
    let drafts = tasks.into_iter().map(draft).collect();
    template.tasks = related(drafts, found);
}

/// The tasks with their ids and relations, in an order in which they can be made.
fn related(drafts: Vec<Draft>, found: &mut Found) -> Vec<TemplateTask> {
    let ids = ids(&drafts, found);
    let names = Names::of(&drafts, &ids);
    let mut after: Vec<Vec<usize>> = Vec::with_capacity(drafts.len());
    for draft in &drafts {
        let mut on: Vec<usize> = Vec::new();
        for (asked, line) in &draft.after {
            // Looking for names that are near costs time.
            if found.is_full() {
                break;
            }
            let place = found.take(*line, names.find(asked));
            on.extend(place.filter(|place| !on.contains(place)));
        }
        after.push(on);
    }
    let order = match order::sorted(&after) {
        Ok(order) => order,
        Err(cycle) => {
            let path = cycle.iter().map(|&place| drafts[place].title.clone()).collect();
            let line = cycle.first().map_or(1, |&place| drafts[place].line);
            found.add(line, Fault::Cycle { path });
            return Vec::new();
        }
    };
    let mut drafts: Vec<Option<Draft>> = drafts.into_iter().map(Some).collect();
    let mut tasks = Vec::with_capacity(drafts.len());
    for place in order {
        let Some(draft) = drafts[place].take() else { continue };
        tasks.push(TemplateTask {
            id: ids[place].clone(),
            title: draft.title,
            description: draft.description,
            estimate: draft.estimate,
            weight: draft.weight,
            priority: draft.priority,
            labels: draft.labels,
            criteria: draft.criteria,
            workflow: draft.workflow,
            deliverables: draft.deliverables,
            after: after[place].iter().map(|&on| ids[on].clone()).collect(),
        });
    }
    tasks
}

/// An id for each task: the one that is given, else one made from its title that is free.
fn ids(drafts: &[Draft], found: &mut Found) -> Vec<Slug> {
    let mut taken: HashMap<Slug, usize> = HashMap::new();
    for (id, line) in drafts.iter().filter_map(|draft| draft.id.as_ref()) {
        if let Some(first) = taken.insert(id.clone(), *line) {
            found.add(*line, Fault::SameId { id: id.to_string(), first });
        }
    }
    let mut counts: HashMap<Slug, usize> = HashMap::new();
    let made = drafts.iter().map(|draft| match &draft.id {
        Some((id, _)) => id.clone(),
        None => {
            let slug = plain_id(&draft.title);
            let count = counts.entry(slug.clone()).or_insert(0);
            loop {
                *count += 1;
                let id = if *count == 1 { slug.clone() } else { slug.numbered(*count) };
                if !taken.contains_key(&id) {
                    taken.insert(id.clone(), draft.line);
                    break id;
                }
            }
        }
    });
    made.collect()
}

/// The id that a title makes. One of digits alone would be taken for a number.
pub(super) fn plain_id(title: &str) -> Slug {
    let slug = slug_of(title);
    match slug.as_str().bytes().all(|byte| byte.is_ascii_digit()) {
        true => Slug::new(&format!("t-{slug}")).unwrap_or(slug),
        false => slug,
    }
}

/// What tasks are called, by their places.
struct Names<'d> {
    ids: HashMap<&'d str, usize>,
    titles: HashMap<String, Vec<usize>>,
}

impl<'d> Names<'d> {
    fn of(drafts: &[Draft], ids: &'d [Slug]) -> Self {
        let mut titles: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, draft) in drafts.iter().enumerate() {
            titles.entry(draft.title.to_lowercase()).or_default().push(place);
        }
        let ids = ids.iter().enumerate().map(|(place, id)| (id.as_str(), place)).collect();
        Self { ids, titles }
    }

    fn find(&self, asked: &str) -> Result<usize, Fault> {
        if let Some(place) = self.ids.get(asked) {
            return Ok(*place);
        }
        // A title is known by what it reads.
        let written = asked.to_lowercase();
        let asked_small = match self.titles.contains_key(&written) {
            true => written,
            false => outline::plain(&written),
        };
        match self.titles.get(&asked_small).map(Vec::as_slice) {
            Some([place]) => Ok(*place),
            Some(several) => {
                let count = several.len();
                Err(Fault::AmbiguousTask { asked: asked.to_owned(), count })
            }
            None => {
                let mut names: Vec<&str> = self.titles.keys().map(String::as_str).collect();
                names.sort_unstable();
                let near = nearest(&asked_small, names).map(str::to_owned);
                Err(Fault::UnknownTask { asked: asked.to_owned(), near })
            }
        }
    }
}
