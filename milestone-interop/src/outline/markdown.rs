//! Markdown as a row of pieces: headings, items of lists, and everything else, each with its line.
//!
//! Start at [`pieces`]. The grammar is CommonMark's, read by `pulldown-cmark`.
//!
//! - **Invariant.** Nothing is dropped: every line that is not blank is in a piece. What the
//!   grammar has no place for, such as the definition of a link, is prose.
//! - **Invariant.** Texts are those of the source; what a reader of it would see, which a title is
//!   made of, is beside them ([`Plain`]).
//! - **Absent on purpose.** A tree. How deep an item stands is a number, so that a line of a
//!   hundred thousand hyphens costs no stack.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::plain::Plain;

/// What stands at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// A heading, and its level from 1.
    Heading(usize),
    /// An item of a list; with a box, whether that is ticked.
    Item(Option<bool>),
    /// A paragraph.
    Prose,
    /// A block of code: what its fence says it is, and what is inside.
    Code { info: String, inside: String },
    /// A table, a quotation, HTML.
    Other(&'static str),
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// What it is.
    pub(super) what: What,
    /// Its text, as it is written, without the mark in front and without indentation.
    pub(super) text: String,
    /// The same as it reads: of headings, items and paragraphs.
    pub(super) plain: Plain,
    /// The line on which it begins, from 1.
    pub(super) line: usize,
    /// How many items it stands in; an item counts itself.
    pub(super) depth: usize,
}

/// Reads a text as pieces, in the order in which they stand.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut reader = Reader::new(text);
    let options = Options::ENABLE_TASKLISTS | Options::ENABLE_TABLES;
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        reader.take(event, range);
    }
    reader.flush();
    reader.rest();
    reader.pieces
}

struct Reader<'t> {
    text: &'t str,
    /// Where each line begins.
    begins: Vec<usize>,
    /// True for each line that is in a piece.
    taken: Vec<bool>,
    pieces: Vec<Piece>,
    depth: usize,
    /// Words that belong to no piece yet.
    words: Option<Range<usize>>,
    /// The same words as they read.
    plain: Plain,
    /// What the words will be.
    level: Option<usize>,
    /// The item whose words have not come yet, as its place among the pieces.
    item: Option<usize>,
    /// A block that is taken as it stands: its name, and how many of its kind are open.
    whole: Option<(What, Range<usize>, usize)>,
    /// The column of the last item of the outermost list.
    column: Option<usize>,
    /// The items that count, from the outermost on: a list that is a little indented counts.
    nested: usize,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        let after = text.match_indices('\n').map(|(at, _)| at + 1);
        let begins: Vec<usize> = std::iter::once(0).chain(after).collect();
        Self {
            text,
            taken: vec![false; begins.len()],
            begins,
            pieces: Vec::new(),
            depth: 0,
            words: None,
            plain: Plain::default(),
            level: None,
            item: None,
            whole: None,
            column: None,
            nested: 0,
        }
    }

    /// The place of the line in which a byte is.
    fn line(&self, at: usize) -> usize {
        self.begins.partition_point(|begin| *begin <= at).saturating_sub(1)
    }

    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        if let Some((what, _, open)) = &mut self.whole {
            match event {
                Event::Start(_) => *open += 1,
                Event::End(_) if *open == 0 => self.close_whole(),
                Event::End(_) => *open -= 1,
                Event::Text(inside) => {
                    if let What::Code { inside: kept, .. } = what {
                        kept.push_str(&inside);
                    }
                }
                _ => {}
            }
            return;
        }
        self.plain.take(&event, self.text, &range);
        match event {
            Event::Start(tag) => self.start(&tag, range),
            Event::End(TagEnd::Item) => {
                self.flush();
                self.depth = self.depth.saturating_sub(1);
                self.item = None;
            }
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::List(_)) => self.flush(),
            Event::TaskListMarker(ticked) => {
                if let Some(place) = self.item {
                    self.pieces[place].what = What::Item(Some(ticked));
                }
            }
            Event::Rule => self.put(What::Prose, range),
            _ => self.widen(range),
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Paragraph | Tag::List(_) => self.flush(),
            Tag::Heading { level, .. } => {
                self.flush();
                self.level = Some(number(*level));
            }
            Tag::Item => {
                self.flush();
                self.depth += 1;
                self.begin_item(range.start);
            }
            Tag::CodeBlock(kind) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.trim().to_owned(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.open_whole(What::Code { info, inside: String::new() }, range);
            }
            Tag::BlockQuote(_) => self.open_whole(What::Other("a quotation"), range),
            Tag::Table(_) => self.open_whole(What::Other("a table"), range),
            Tag::HtmlBlock => self.open_whole(What::Other("HTML"), range),
            _ => self.widen(range),
        }
    }

    /// An item that stands a little to the right of the one before it was meant to be in it, even
    /// where the grammar wants more blanks: two, below `1.`.
    fn begin_item(&mut self, at: usize) {
        let line = self.line(at);
        let column = self.indent(line);
        self.nested = 0;
        if self.depth == 1 {
            match self.column {
                Some(before) if column > before + 1 => self.nested = 1,
                _ => self.column = Some(column),
            }
        }
        self.item = Some(self.pieces.len());
        let depth = self.depth + self.nested;
        self.taken[line] = true;
        let what = What::Item(None);
        let (text, plain) = (String::new(), Plain::default());
        self.pieces.push(Piece { what, text, plain, line: line + 1, depth });
    }

    /// How many blanks a line begins with.
    fn indent(&self, line: usize) -> usize {
        let line = &self.text[self.begins[line]..];
        line.len() - line.trim_start_matches([' ', '\t']).len()
    }

    fn widen(&mut self, range: Range<usize>) {
        match &mut self.words {
            Some(words) => words.end = words.end.max(range.end),
            None => {
                // What is escaped is told without the mark that escapes it.
                let escaped = self.text[..range.start].ends_with('\\');
                self.words = Some(range.start - usize::from(escaped)..range.end);
            }
        }
    }

    /// Makes a piece of the words that have come.
    fn flush(&mut self) {
        let level = self.level.take();
        let plain = std::mem::take(&mut self.plain);
        let Some(words) = self.words.take() else { return };
        if let (None, Some(place)) = (level, self.item.take()) {
            self.mark(&words);
            self.pieces[place].text = one_line(&self.text[words]);
            self.pieces[place].plain = plain;
            return;
        }
        self.put(level.map_or(What::Prose, What::Heading), words);
        if let Some(piece) = self.pieces.last_mut() {
            piece.plain = plain;
        }
    }

    fn put(&mut self, what: What, range: Range<usize>) {
        self.mark(&range);
        let text = match what {
            What::Heading(_) => one_line(&self.text[range.clone()]),
            _ => unindented(&self.text[range.clone()]),
        };
        let line = self.line(range.start) + 1;
        let heading = matches!(what, What::Heading(_));
        let depth = match (self.depth, self.column) {
            // Two blanks are less than the grammar wants below `1.` here, too.
            (0, Some(column)) if !heading && self.indent(line - 1) > column + 1 => 1,
            (0, _) => 0,
            (depth, _) => depth + self.nested,
        };
        if heading {
            self.column = None;
        }
        self.pieces.push(Piece { what, text, plain: Plain::default(), line, depth });
    }

    fn open_whole(&mut self, what: What, range: Range<usize>) {
        self.flush();
        self.item = None;
        self.whole = Some((what, range, 0));
    }

    fn close_whole(&mut self) {
        if let Some((what, range, _)) = self.whole.take() {
            self.put(what, range);
        }
    }

    fn mark(&mut self, range: &Range<usize>) {
        let (first, last) = (self.line(range.start), self.line(range.end.saturating_sub(1)));
        self.taken[first..=last.max(first)].fill(true);
    }

    /// Takes in what the grammar gave no piece for.
    fn rest(&mut self) {
        let mut found = Vec::new();
        for (at, line) in self.text.split('\n').enumerate() {
            let line = line.trim();
            // The second line of a heading is a part of it.
            let underline =
                !line.is_empty() && line.bytes().all(|byte| matches!(byte, b'=' | b'-'));
            if line.is_empty() || underline || self.taken[at] {
                continue;
            }
            let (what, text) = (What::Prose, line.to_owned());
            found.push(Piece { what, text, plain: Plain::default(), line: at + 1, depth: 0 });
        }
        if !found.is_empty() {
            self.pieces.extend(found);
            self.pieces.sort_by_key(|piece| piece.line);
        }
    }
}

fn number(level: HeadingLevel) -> usize {
    level as usize
}

/// Lines as one.
fn one_line(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join(" ")
}

/// Lines without the blanks in front that the first line does not have either.
fn unindented(text: &str) -> String {
    let code = text.trim_start().starts_with("```") || text.trim_start().starts_with("~~~");
    let mut lines = text.trim_end().lines();
    let mut out = lines.next().unwrap_or_default().trim().to_owned();
    let rest: Vec<&str> = lines.collect();
    let indent = |line: &&&str| line.len() - line.trim_start_matches(' ').len();
    let filled = rest.iter().filter(|line| !line.trim().is_empty());
    let common = filled.map(|line| indent(&line)).min().unwrap_or(0);
    for line in &rest {
        let kept = if code { line.get(common..).unwrap_or_default() } else { line.trim_start() };
        out.push('\n');
        out.push_str(kept.trim_end());
    }
    out
}
