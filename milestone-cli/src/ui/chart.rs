//! Charts of one line: sparklines, and bars beside numbers.
//!
//! Start at [`sparkline`] and [`bar_of`].
//!
//! - **Invariant.** A chart never says anything that a number beside it does not say too.

use super::glyph::Glyphs;
use super::style::Style;

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const DIGITS: [char; 10] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/// Returns one sign for each number, the greatest the highest; digits where there is only ASCII.
#[must_use]
pub fn sparkline(numbers: &[u32], style: &Style) -> String {
    let signs: &[char] = if style.glyphs == Glyphs::Ascii { &DIGITS } else { &BLOCKS };
    let most = numbers.iter().copied().max().unwrap_or(0).max(1);
    let top = signs.len() as u64 - 1;
    let sign = |number: &u32| {
        let place = (u64::from(*number) * top + u64::from(most) / 2) / u64::from(most);
        signs[usize::try_from(place).unwrap_or(0)]
    };
    numbers.iter().map(sign).collect()
}

/// Returns a bar of at most `cells`, in proportion to `share` of `most`; at least one cell for what
/// is not nothing.
#[must_use]
pub fn bar_of(share: f64, most: f64, cells: usize, style: &Style) -> String {
    let length = if most > 0.0 { (share / most * cells as f64).round() } else { 0.0 };
    // Between nothing and all cells, whatever the numbers were.
    let length = (length as usize).min(cells).max(usize::from(share > 0.0 && cells > 0));
    style.drawing().full.repeat(length)
}

/// Returns a chance in words for people: whole percent; all only if all, and none only if none.
#[must_use]
pub fn chance(share: f64) -> String {
    match (share * 100.0).round() as u32 {
        0 if share > 0.0 => "<1%".to_owned(),
        100.. if share < 1.0 => ">99%".to_owned(),
        percent => format!("{percent}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_is_the_highest() {
        let style = Style::plain(Glyphs::Unicode);
        assert_eq!(sparkline(&[0, 1, 4, 8], &style), "▁▂▅█");
        assert_eq!(sparkline(&[0, 0], &style), "▁▁");
        assert_eq!(sparkline(&[0, u32::MAX, 1], &Style::plain(Glyphs::Ascii)), "090");
        assert_eq!(bar_of(0.5, 1.0, 8, &style), "████");
        assert_eq!(bar_of(0.001, 1.0, 8, &style), "█");
        assert_eq!(bar_of(0.0, 0.0, 8, &style), "");
        assert_eq!(bar_of(f64::INFINITY, 1.0, 3, &style), "███");
    }

    #[test]
    fn a_chance_is_certain_only_if_it_is() {
        for (share, words) in [(0.0, "0%"), (0.001, "<1%"), (0.83, "83%"), (0.999, ">99%")] {
            assert_eq!(chance(share), words);
        }
        assert_eq!(chance(1.0), "100%");
    }
}
