//! Folding: the form of a text in which case and look-alike code points no longer matter.
//!
//! Start at [`fold`]. Searching compares folded texts and nothing else, in memory and in SQL, so
//! that both find the same.
//!
//! - **Invariant.** Folding twice is folding once.
//! - **Absent on purpose.** Language. The dotless `ı` and the dotted `İ` of Turkish fold to `i`
//!   everywhere, and `e` finds `é`: marks on letters are left out, vowels of scripts that write
//!   them as marks are not.

use unicode_normalization::UnicodeNormalization;

/// Folds a text: NFKD, without the diacritical marks; then each character to its lower, that to
/// its upper and that to its lower case, by the unconditional mappings of Unicode (so `ß` and `ẞ`
/// become `ss`, and `ς` becomes `σ`), without marks again; then NFKC. A text of ASCII only has its
/// capitals made small.
///
/// A text contains another if the folded bytes of the one contain those of the other; folded texts
/// are ordered by their bytes.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let small =
        |c: char| c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    let kept = |c: &char| !is_diacritic(*c);
    text.nfkd().filter(kept).flat_map(small).filter(kept).nfkc().collect()
}

/// True for the marks of the blocks that hold diacritics for any letter, and nothing else.
fn is_diacritic(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}'
        | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        /// The short way for ASCII is the long one.
        #[test]
        fn ascii_folds_as_the_rest_does(text in "[ -~]*") {
            prop_assert_eq!(fold(&format!("{text}ß")), format!("{}ss", fold(&text)));
        }
    }

    #[test]
    fn every_character_folds_once() {
        for c in (0..=u32::from(char::MAX)).filter_map(char::from_u32) {
            let once = fold(&c.to_string());
            assert_eq!(fold(&once), once, "{c:?} U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn what_looks_alike_is_alike() {
        for (one, other) in [
            ("ENDPOINTS", "endpoints"),
            ("STRASSE", "straße"),
            ("STRAẞE", "straße"),
            ("ΟΔΟΣ", "οδος"),
            ("οδοσ", "οδος"),
            ("Cafe\u{301}", "CAFÉ"),
            ("ＡＰＩ", "api"),
            ("oﬃce", "OFFICE"),
            ("ПЛАН", "план"),
            ("İstanbul", "istanbul"),
            ("ISTANBUL", "ıstanbul"),
            ("cafe", "café"),
            ("Ångström", "angstrom"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        // Marks that are vowels are no accents.
        assert_ne!(fold("कि"), fold("का"));
        assert_eq!(fold("東京 🚀 שלום"), "東京 🚀 שלום");
    }
}
