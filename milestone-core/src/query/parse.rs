//! The parser: from what was typed to a [`Query`].
//!
//! Start at [`parse`]. The grammar, loosest first:
//!
//! ```text
//! query     = any                          an empty text asks for everything
//! any       = all { "or" all }
//! all       = { not [ "and" ] }            one behind the other
//! not       = { "not" | "-" } term
//! term      = "(" [ any ] ")" | phrase | word | flag
//!           | field sign values | "is:" flag | "has:" field | "view:" name
//! ```
//!
//! and at the outermost level `sort:`, `limit:` and `cursor:`.
//!
//! - **Invariant.** Every text is a query or an error; nothing panics, and no text takes longer
//!   than its length, with that of the views it names, warrants.
//! - **Absent on purpose.** The clock, who asks, the plan: a [`Viewer`] brings them.

use std::cell::Cell;

use super::ast::{Condition, Match, Query, Sort, Test};
use super::cursor::Cursor;
use super::error::{QueryError, QueryFault};
use super::field::{FIELDS, FLAGS, Field, FlagSpec, TextField};
use super::scan::{Scan, Sign, Typed, control};
use super::value;
use crate::domain::Refusal;
use crate::words::{Clock, StreamId, fold, nearest};

/// The longest query, in bytes.
pub const QUERY_BYTES_MAX: usize = 8 * 1024;

/// How many parentheses may be open.
pub const NESTING_MAX: usize = 32;

/// How deep views may name views.
pub const VIEWS_DEEP_MAX: usize = 4;

/// The most text that all views of one query may have together, in bytes.
const VIEW_BYTES_MAX: usize = 8 * QUERY_BYTES_MAX;

/// Who asks: whatever a query can mean only from somewhere.
#[derive(Clone, Copy)]
pub struct Viewer<'v> {
    /// What time it is, and where.
    pub clock: Clock,
    /// Whom `me` means; asked only if the query says so.
    pub me: &'v dyn Fn() -> String,
    /// What a reference means.
    pub find: &'v dyn Fn(&str) -> Result<StreamId, Refusal>,
    /// The text of a saved view; `Err` with the nearest name, if one is near.
    pub view: &'v dyn Fn(&str) -> Result<String, Option<String>>,
}

/// Reads a query.
///
/// # Errors
///
/// [`QueryError`] says what is wrong, and where.
pub fn parse(text: &str, viewer: &Viewer<'_>) -> Result<Query, QueryError> {
    let left = Cell::new(VIEW_BYTES_MAX);
    read(text, viewer, &[], &left)
}

/// Reads an order, `due,-progress`.
///
/// # Errors
///
/// [`QueryFault::Unsortable`]: no order goes by that.
pub fn parse_sort(text: &str) -> Result<Vec<Sort>, QueryError> {
    let mut scan = Scan::new(text);
    let typed = scan.values()?;
    match scan.peek() {
        None => sort_keys(&typed),
        Some(_) => {
            let fault = QueryFault::Unsortable { field: text.to_owned(), near: None };
            Err(QueryError { at: 0..text.len(), fault })
        }
    }
}

fn read(
    text: &str,
    viewer: &Viewer<'_>,
    within: &[String],
    left: &Cell<usize>,
) -> Result<Query, QueryError> {
    if text.len() > QUERY_BYTES_MAX {
        let at = text.floor_char_boundary(QUERY_BYTES_MAX)..text.len();
        return Err(QueryError { at, fault: QueryFault::TooLong { bytes: text.len() } });
    }
    if let Some(error) = control(text) {
        return Err(error);
    }
    let scan = Scan::new(text);
    let mut parser = Parser { scan, viewer, within, left, query: Query::default(), of_view: None };
    let (condition, _) = parser.any(0)?;
    if let Some(c) = parser.scan.peek() {
        let at = parser.scan.place()..parser.scan.place() + c.len_utf8();
        return Err(QueryError { at, fault: QueryFault::StrayParenthesis });
    }
    let mut query = parser.query;
    query.condition = condition;
    if let Some(view) = parser.of_view {
        // What a view says of order and number holds where the query does not say better.
        if query.sort.is_empty() {
            query.sort = view.sort;
        }
        query.limit = query.limit.or(view.limit);
    }
    Ok(query)
}

struct Parser<'q> {
    scan: Scan<'q>,
    viewer: &'q Viewer<'q>,
    /// The views that this text is of, the outermost first.
    within: &'q [String],
    /// How much text of views may still be read.
    left: &'q Cell<usize>,
    /// What was said of the whole query; its condition is put in at the end.
    query: Query,
    /// The first view that was named where it is about the whole query.
    of_view: Option<Query>,
}

/// What one term is.
enum Term {
    /// A condition.
    Is(Condition),
    /// Something about the whole query.
    Aside,
}

impl Parser<'_> {
    fn error<T>(&self, from: usize, fault: QueryFault) -> Result<T, QueryError> {
        Err(QueryError { at: from..self.scan.place(), fault })
    }

    fn missing<T>(&self, place: &'static str) -> Result<T, QueryError> {
        self.error(self.scan.place(), QueryFault::NoCondition { place })
    }

    /// Conditions with `or` between them, and whether there was one.
    fn any(&mut self, depth: usize) -> Result<(Condition, bool), QueryError> {
        let (first, mut found) = self.all(depth)?;
        let mut sides = vec![first];
        loop {
            let at = self.scan;
            if !self.scan.keyword("or") {
                return Ok((Condition::any(sides), found));
            }
            if !found {
                self.scan = at;
                return self.missing("before \"or\"");
            }
            let (side, there) = self.all(depth)?;
            if !there {
                return self.missing("behind \"or\"");
            }
            found = there;
            sides.push(side);
        }
    }

    /// Conditions one behind the other, and whether there was one.
    fn all(&mut self, depth: usize) -> Result<(Condition, bool), QueryError> {
        let (mut parts, mut found, mut wanted) = (Vec::new(), false, false);
        loop {
            self.scan.skip_space();
            let ends = matches!(self.scan.peek(), None | Some(')')) || self.scan.at_keyword("or");
            if ends && wanted {
                return self.missing("behind \"and\"");
            }
            if ends {
                return Ok((Condition::all(parts), found));
            }
            if self.scan.at_keyword("and") {
                if wanted || !found {
                    return self.missing("before \"and\"");
                }
                wanted = self.scan.keyword("and");
                continue;
            }
            match self.not(depth)? {
                Term::Is(condition) => {
                    parts.push(condition);
                    found = true;
                }
                Term::Aside if wanted => return self.missing("behind \"and\""),
                Term::Aside => {}
            }
            wanted = false;
        }
    }

    fn not(&mut self, depth: usize) -> Result<Term, QueryError> {
        let (mut negated, mut any) = (false, false);
        loop {
            if self.scan.keyword("not") {
                self.scan.skip_space();
            } else if self.scan.take('-') {
                let next = self.scan.peek();
                if next.is_none_or(|c| c == '-' || c == ')' || c.is_whitespace()) {
                    return self.missing("behind \"-\"");
                }
            } else {
                break;
            }
            (negated, any) = (!negated, true);
        }
        let ends = matches!(self.scan.peek(), None | Some(')'));
        if any && (ends || self.scan.at_keyword("or") || self.scan.at_keyword("and")) {
            return self.missing("behind \"not\"");
        }
        match self.term(depth, any)? {
            Term::Is(condition) if negated => Ok(Term::Is(condition.negated())),
            term => Ok(term),
        }
    }

    /// What a bare word or a phrase asks. Marks alone, such as an accent without a letter, are not
    /// looked for: nothing would be left of them.
    fn word(&self, what: &str, text: &str, from: usize) -> Result<Term, QueryError> {
        let needle = fold(text);
        if needle.is_empty() {
            let field = what.to_owned();
            return self.error(from, QueryFault::NoValue { field, values: "text" });
        }
        Ok(Term::Is(Test::Text(TextField::Any, Match::Part, needle).into()))
    }

    fn term(&mut self, depth: usize, negated: bool) -> Result<Term, QueryError> {
        let from = self.scan.place();
        match self.scan.peek() {
            Some('(') => self.group(depth).map(Term::Is),
            Some('"') => {
                let typed = self.scan.quoted()?;
                self.word("a phrase", &typed.text, from)
            }
            _ => {
                let name = self.scan.name();
                let end = self.scan.place();
                match self.scan.sign() {
                    Some(sign) => {
                        let named = Named { name, at: from..end, sign };
                        self.field(&named, depth > 0 || negated)
                    }
                    None => match FlagSpec::named(name) {
                        Some(flag) => Ok(Term::Is(value::flag(flag.word, self.viewer))),
                        None => self.word("a word", name, from),
                    },
                }
            }
        }
    }

    fn group(&mut self, depth: usize) -> Result<Condition, QueryError> {
        let from = self.scan.place();
        self.scan.take('(');
        if depth >= NESTING_MAX {
            return self.error(from, QueryFault::TooDeep);
        }
        let inner = self.any(depth + 1)?.0;
        match self.scan.take(')') {
            true => Ok(inner),
            false => Err(QueryError { at: from..from + 1, fault: QueryFault::UnclosedGroup }),
        }
    }

    /// What stands behind a name and a sign.
    fn field(&mut self, named: &Named<'_>, inside: bool) -> Result<Term, QueryError> {
        let values = self.scan.values()?;
        if let Some(word) = aside_named(named) {
            if inside {
                return self.error(named.at.start, QueryFault::Misplaced { word });
            }
            return self.aside(word, named, &values);
        }
        if named.name.eq_ignore_ascii_case("view") && named.sign == Sign::Colon {
            return self.views(&values, inside).map(Term::Is);
        }
        if let (Sign::Colon, Some(look)) = (named.sign, lookup(named.name)) {
            let each = values.iter().map(|typed| look(typed, self.viewer));
            return Ok(Term::Is(Condition::any(each.collect::<Result<_, _>>()?)));
        }
        match Field::named(named.name) {
            Some(spec) => value::condition(spec, named.sign, &values, self.viewer).map(Term::Is),
            None => {
                let name = named.name.to_owned();
                let near = nearest(&name, field_names());
                Err(QueryError {
                    at: named.at.clone(),
                    fault: QueryFault::UnknownField { name, near },
                })
            }
        }
    }

    /// `sort:`, `limit:` and `cursor:`.
    fn aside(
        &mut self,
        word: &'static str,
        named: &Named<'_>,
        values: &[Typed],
    ) -> Result<Term, QueryError> {
        let given = match word {
            "sort" => !self.query.sort.is_empty(),
            "limit" => self.query.limit.is_some(),
            _ => self.query.after.is_some(),
        };
        if given {
            return self.error(named.at.start, QueryFault::Twice { word });
        }
        let [first, rest @ ..] = values else { return Ok(Term::Aside) };
        if let Some(second) = rest.first().filter(|_| word != "sort") {
            let fault = QueryFault::OneValue { field: word, sign: ":" };
            return Err(QueryError { at: second.at.clone(), fault });
        }
        match word {
            "sort" => self.query.sort = sort_keys(values)?,
            "limit" => {
                let digits = first.text.bytes().all(|byte| byte.is_ascii_digit());
                let limit = first.text.parse().ok().filter(|limit| digits && *limit > 0);
                self.query.limit = Some(limit.ok_or_else(|| QueryError {
                    at: first.at.clone(),
                    fault: QueryFault::BadValue {
                        field: word.to_owned(),
                        value: first.text.clone(),
                        expected: "a whole number from 1".to_owned(),
                        near: None,
                    },
                })?);
            }
            _ => {
                let cursor = Cursor::read(&first.text);
                let (at, fault) = (first.at.clone(), QueryFault::BadCursor);
                self.query.after = Some(cursor.ok_or(QueryError { at, fault })?);
            }
        }
        Ok(Term::Aside)
    }

    /// The conditions of saved views.
    fn views(&mut self, values: &[Typed], inside: bool) -> Result<Condition, QueryError> {
        let mut any = Vec::with_capacity(values.len());
        for typed in values {
            let fail = |fault| QueryError { at: typed.at.clone(), fault };
            let name = typed.text.clone();
            if name.is_empty() {
                let field = "view".to_owned();
                return Err(fail(QueryFault::NoValue { field, values: "the name of a view" }));
            }
            let text = (self.viewer.view)(&name)
                .map_err(|near| fail(QueryFault::UnknownView { name: name.clone(), near }))?;
            if self.within.contains(&name) {
                return Err(fail(QueryFault::ViewInItself { name }));
            }
            let left = self.left.get().checked_sub(text.len());
            let deep = self.within.len() < VIEWS_DEEP_MAX;
            let Some(left) = left.filter(|_| deep) else {
                return Err(fail(QueryFault::ViewsTooDeep));
            };
            self.left.set(left);
            let within = [self.within, std::slice::from_ref(&name)].concat();
            let query =
                read(&text, self.viewer, &within, self.left).map_err(|source| {
                    match source.fault {
                        QueryFault::ViewInItself { .. } => fail(source.fault),
                        _ => fail(QueryFault::InView { name, source: Box::new(source) }),
                    }
                })?;
            any.push(query.condition.clone());
            if !inside && values.len() == 1 {
                self.of_view.get_or_insert(query);
            }
        }
        Ok(Condition::any(any))
    }
}

/// A name, where it stands, and the sign behind it.
struct Named<'q> {
    name: &'q str,
    at: std::ops::Range<usize>,
    sign: Sign,
}

fn aside_named(named: &Named<'_>) -> Option<&'static str> {
    let word =
        ["sort", "limit", "cursor"].into_iter().find(|word| word.eq_ignore_ascii_case(named.name));
    word.filter(|_| matches!(named.sign, Sign::Colon | Sign::Eq))
}

type Look = fn(&Typed, &Viewer<'_>) -> Result<Condition, QueryError>;

/// What stands behind `is:` and `has:`.
fn lookup(name: &str) -> Option<Look> {
    fn is(typed: &Typed, viewer: &Viewer<'_>) -> Result<Condition, QueryError> {
        match FlagSpec::named(&typed.text) {
            Some(flag) => Ok(value::flag(flag.word, viewer)),
            None => {
                let near = nearest(&typed.text, FLAGS.iter().map(|flag| flag.name));
                let fault = QueryFault::UnknownFlag { name: typed.text.clone(), near };
                Err(QueryError { at: typed.at.clone(), fault })
            }
        }
    }
    fn has(typed: &Typed, _: &Viewer<'_>) -> Result<Condition, QueryError> {
        match Field::named(&typed.text) {
            Some(spec) => value::has(spec, typed),
            None => {
                let name = typed.text.clone();
                let near = nearest(&name, field_names());
                let fault = QueryFault::UnknownField { name, near };
                Err(QueryError { at: typed.at.clone(), fault })
            }
        }
    }
    match name {
        name if name.eq_ignore_ascii_case("is") => Some(is),
        name if name.eq_ignore_ascii_case("has") => Some(has),
        _ => None,
    }
}

/// Every name that can stand before a sign.
fn field_names() -> impl Iterator<Item = &'static str> {
    let names = FIELDS
        .iter()
        .flat_map(|spec| std::iter::once(spec.name).chain(spec.aliases.iter().copied()));
    names.chain(["is", "has", "view", "sort", "limit", "cursor"])
}

fn sort_keys(values: &[Typed]) -> Result<Vec<Sort>, QueryError> {
    let key = |typed: &Typed| {
        let name = typed.text.strip_prefix('-');
        let (name, descending) = (name.unwrap_or(&typed.text), name.is_some());
        match Field::named(name).filter(|spec| spec.sortable) {
            Some(spec) => Ok(Sort { by: spec.field, descending }),
            None => {
                let sortable = FIELDS.iter().filter(|spec| spec.sortable).map(|spec| spec.name);
                let near = nearest(name, sortable);
                let fault = QueryFault::Unsortable { field: name.to_owned(), near };
                Err(QueryError { at: typed.at.clone(), fault })
            }
        }
    };
    values.iter().map(key).collect()
}
