//! Words: what a text is cut into, and what somebody typed.
//!
//! Start at [`segmented`] for texts and [`Typed`] for what was typed.
//!
//! - **Invariant.** Whatever was typed, the query is a list of quoted words: nothing of it is taken
//!   for syntax.

use milestone_core::words::fold;

/// Most words of a query that are looked for; what comes behind them is left out.
const WORDS_MAX: usize = 32;

/// Stands between characters that are words of their own.
const SEPARATOR: char = '\u{200b}';

/// True for characters of scripts that are written without spaces: Han, Kana, Hangul, Bopomofo.
fn stands_alone(letter: char) -> bool {
    matches!(letter,
        '\u{1100}'..='\u{11ff}'
        | '\u{2e80}'..='\u{2fdf}'
        | '\u{3005}'..='\u{3007}'
        | '\u{3021}'..='\u{3029}'
        | '\u{3031}'..='\u{3035}'
        | '\u{3041}'..='\u{3096}'
        | '\u{309d}'..='\u{309f}'
        | '\u{30a1}'..='\u{30fa}'
        | '\u{30fc}'..='\u{318e}'
        | '\u{31a0}'..='\u{31bf}'
        | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ffdc}'
        | '\u{20000}'..='\u{3ffff}')
}

/// A text with every character that is a word of its own set apart.
pub(super) fn segmented(text: &str) -> String {
    let mut segmented = String::with_capacity(text.len());
    for letter in text.chars() {
        if stands_alone(letter) {
            segmented.push(SEPARATOR);
            segmented.push(letter);
            segmented.push(SEPARATOR);
        } else {
            segmented.push(letter);
        }
    }
    segmented
}

/// A text as queries compare it, where the tokenizer would not fold it so by itself.
pub(super) fn folded(text: &str) -> String {
    if text.is_ascii() { String::new() } else { segmented(&fold(text)) }
}

/// The text before it was [`segmented`].
pub(super) fn joined(segmented: &str) -> String {
    segmented.replace(SEPARATOR, "")
}

/// What was typed, as FTS5 takes it.
pub(super) struct Typed(Vec<String>);

impl Typed {
    /// The words of it; `None` if there is no word in it.
    pub(super) fn of(typed: &str) -> Option<Self> {
        let folded = fold(typed);
        let words = folded.split(|letter: char| letter.is_whitespace() || letter.is_control());
        let words = words.filter(|word| word.chars().any(char::is_alphanumeric)).take(WORDS_MAX);
        let quoted: Vec<String> =
            words.map(|word| format!("\"{}\"", segmented(word).replace('"', "\"\""))).collect();
        (!quoted.is_empty()).then_some(Self(quoted))
    }

    /// Every word must be there.
    pub(super) fn words(&self) -> String {
        self.0.join(" ")
    }

    /// Every word must be there, or a longer one that begins so.
    pub(super) fn beginnings(&self) -> String {
        self.0.iter().map(|word| format!("{word}*")).collect::<Vec<_>>().join(" ")
    }
}
