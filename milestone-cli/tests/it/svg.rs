//! What a terminal shows, as a picture: text with colours in, SVG out.
//!
//! Start at [`picture`].
//!
//! - **Invariant.** Every run of text stands at its cell and is as wide as its cells, whatever font
//!   there is.
//! - **Invariant.** The colours are the tokens of the terminal, light or dark as the reader's page.

use milestone_cli::ui::ansi::{Run, runs};
use milestone_cli::ui::text::Ruler;

/// A cell, in units of the picture.
const CELL: (f64, f64) = (8.4, 17.0);
/// Around the text.
const EDGE: f64 = 14.0;

const STYLE: &str = "\
.b{fill:#fff;stroke:#d0d7de}.t{fill:#1b1f24}.d{fill:#57606a}.c1{fill:#b3360b}.c2{fill:#0b6e4f}\
.c3{fill:#8a5a00}.c4,.c6{fill:#0a5fa8}.c5{fill:#8a3a73}.i{fill:#fff}.o{font-weight:600}\
@media(prefers-color-scheme:dark){.b{fill:#0f1419;stroke:#2e3845}.t{fill:#e6eaf0}.d{fill:#9aa4b2}\
.c1{fill:#ff9264}.c2{fill:#4cc9a0}.c3{fill:#f0b429}.c4,.c6{fill:#6cb6ff}.c5{fill:#e69bcb}\
.i{fill:#0f1419}}";

/// The picture of `lines`, `columns` wide, which `title` describes.
pub(crate) fn picture(title: &str, lines: &[String], columns: usize) -> String {
    let width = columns as f64 * CELL.0 + 2.0 * EDGE;
    let height = lines.len() as f64 * CELL.1 + 2.0 * EDGE;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" \
         font-size=\"14\" \
         font-family=\"ui-monospace,'Cascadia Mono','SF Mono',Menlo,Consolas,monospace\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n\
         <rect class=\"b\" x=\".5\" y=\".5\" width=\"{:.0}\" height=\"{:.0}\" rx=\"6\"/>\n",
        escape(title),
        width - 1.0,
        height - 1.0,
    );
    for (row, line) in lines.iter().enumerate() {
        out.push_str(&drawn(line, EDGE + (row as f64 + 0.75) * CELL.1));
    }
    out + "</svg>\n"
}

/// One line of text, whose feet stand at `y`.
fn drawn(line: &str, y: f64) -> String {
    let ruler = Ruler { ambiguous_wide: false, mark: "…" };
    let (mut out, mut cell) = (String::new(), 0);
    for run in runs(line) {
        let top = y - 0.75 * CELL.1;
        if run.reversed {
            let (x, width) = at(cell, ruler.width(&run.text));
            let height = CELL.1;
            out.push_str(&format!(
                "<rect class=\"t\" x=\"{x:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" \
                 height=\"{height:.0}\"/>"
            ));
        }
        for part in parts(&run.text) {
            let cells = ruler.width(part);
            let (x, width) = at(cell, cells);
            cell += cells;
            if part.trim().is_empty() {
                continue;
            }
            out.push_str(&format!(
                "<text class=\"{}\" x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{width:.1}\" \
                 lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\">{}</text>",
                class(&run),
                escape(part),
            ));
        }
    }
    if out.is_empty() { out } else { out + "\n" }
}

fn at(cell: usize, cells: usize) -> (f64, f64) {
    (EDGE + cell as f64 * CELL.0, cells as f64 * CELL.0)
}

/// Words and what is between them: an emoji never stretches the letters beside it.
fn parts(text: &str) -> Vec<&str> {
    let kind = |c: char| match c {
        ' ' => 0,
        c if c.is_ascii() => 1,
        '\u{2500}'..='\u{25ff}' => 2,
        c if u32::from(c) > 0x2600 => 3,
        _ => 1,
    };
    let mut parts = Vec::new();
    let mut begin = 0;
    let mut last = None;
    for (place, c) in text.char_indices() {
        if last.is_some_and(|last| last != kind(c)) {
            parts.push(&text[begin..place]);
            begin = place;
        }
        last = Some(kind(c));
    }
    parts.push(&text[begin..]);
    parts
}

fn class(run: &Run) -> String {
    let color = match (run.reversed, run.color, run.dim) {
        (true, _, _) => "i".to_owned(),
        (_, Some(color), _) => format!("c{color}"),
        (_, None, true) => "d".to_owned(),
        _ => "t".to_owned(),
    };
    if run.bold { format!("{color} o") } else { color }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
