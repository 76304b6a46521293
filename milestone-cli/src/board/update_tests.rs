//! Any keys in any order.
//!
//! Shown red by: a key that starts a task at once; a command that was not on the screen.

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::*;
use crate::board::line::join;
use crate::board::model::{Card, Lane};
use crate::board::view::render;
use crate::ui::glyph::{Glyphs, Status};
use crate::ui::style::Style;

fn keys() -> impl Strategy<Value = Vec<Key>> {
    let named = prop::sample::select(vec![
        Key::Enter,
        Key::Enter,
        Key::Enter,
        Key::Esc,
        Key::Backspace,
        Key::Clear,
        Key::Left,
        Key::Right,
        Key::Up,
        Key::Down,
        Key::PageUp,
        Key::PageDown,
        Key::Home,
        Key::End,
        Key::Interrupt,
    ]);
    let letters: Vec<char> = "hjklgGspdbnmu/:t?q'\"\\- 4x".chars().collect();
    let key = prop_oneof![
        4 => prop::sample::select(letters).prop_map(Key::Char),
        3 => named,
        1 => any::<char>().prop_map(Key::Char),
    ];
    prop::collection::vec(key, 0..60)
}

fn cards(counts: [usize; 5]) -> Vec<Card> {
    let lane = |(lane, count): (Lane, usize)| {
        (0..count).map(move |number| Card {
            reference: format!("a/{}-{number}", lane.short()),
            title: format!("Task {number}"),
            status: Status::Pending,
            lane,
            remarks: vec!["4/6".to_owned(), "due 2026-03-20".to_owned()],
        })
    };
    Lane::ALL.into_iter().zip(counts).flat_map(lane).collect()
}

fn board(counts: [usize; 5]) -> Board {
    let day = |text: &str| text.parse().expect("a good date");
    let mut board = Board::new("shop".to_owned(), None, day("2026-03-12"), day("2026-01-29"));
    board.take(cards(counts));
    board
}

proptest! {
    /// What is run was on the screen, and Enter was pressed; nothing panics at any size; the place
    /// is in its lane; the past is not written to.
    #[test]
    fn no_keys_write_unasked(
        keys in keys(),
        before in prop::array::uniform5(0usize..20),
        after in prop::array::uniform5(0usize..20),
        size in (0u16..140, 0u16..50),
        glyphs in prop::sample::select(vec![Glyphs::Emoji, Glyphs::Unicode, Glyphs::Ascii]),
    ) {
        let mut board = board(before);
        let style = Style { width: usize::from(size.0), ..Style::plain(glyphs) };
        for key in keys {
            let shown = board.equivalent();
            let effect = update(&mut board, key);
            match effect {
                Effect::Run(words) => {
                    prop_assert_eq!(key, Key::Enter);
                    prop_assert_eq!(format!("milestone {}", join(&words)), shown);
                    board.take(cards(after));
                }
                Effect::Open(_) => {
                    let lines = vec!["line".to_owned(); 30];
                    board.mode = Mode::Page(Page { title: String::new(), lines, top: 0 });
                }
                Effect::Look => board.take(cards(after)),
                Effect::Nothing | Effect::Quit => {}
            }
            let (lane, row) = board.place();
            prop_assert!(row < board.lane(lane).len().max(1));
            if board.asked.as_of.is_some() {
                let writes = matches!(
                    &board.mode,
                    Mode::Confirm(_) | Mode::Line(Purpose::Tell { .. }, _)
                );
                prop_assert!(!writes);
            }
            render(&board, &style, &mut Buffer::empty(Rect::new(0, 0, size.0, size.1)));
        }
    }
}

#[test]
fn the_card_is_followed_to_its_lane() {
    let mut board = board([0, 2, 1, 0, 0]);
    update(&mut board, Key::Down);
    let held = board.card().map(|card| card.reference.clone());
    let moved =
        cards([0, 2, 1, 0, 0]).into_iter().map(|card| match card.reference == "a/Ready-1" {
            true => Card { lane: Lane::Done, ..card },
            false => card,
        });
    board.take(moved.collect());
    assert_eq!(board.card().map(|card| card.reference.clone()), held);
    assert_eq!(board.place(), (Lane::Done, 0));
}

#[test]
fn time_goes_back_no_further_than_the_project() {
    let mut board = board([1, 1, 1, 1, 1]);
    assert_eq!(update(&mut board, Key::Char('t')), Effect::Nothing);
    assert_eq!(update(&mut board, Key::Right), Effect::Nothing, "there is no tomorrow yet");
    assert_eq!(update(&mut board, Key::Left), Effect::Look);
    assert_eq!(board.asked.as_of.as_deref(), Some("2026-03-11"));
    update(&mut board, Key::Home);
    assert_eq!(board.asked.as_of.as_deref(), Some("2026-01-29"));
    update(&mut board, Key::Enter);
    update(&mut board, Key::Char('s'));
    assert!(board.said.contains("the past"), "{}", board.said);
    update(&mut board, Key::Char('t'));
    assert_eq!(update(&mut board, Key::Esc), Effect::Look);
    assert_eq!(board.asked.as_of, None);
}
