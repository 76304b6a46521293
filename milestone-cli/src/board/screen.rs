//! The terminal that the board and the watch are drawn on.
//!
//! Start at [`Screen::open`].
//!
//! - **Invariant.** However it ends (a key, a signal, an error, a panic), the terminal is given
//!   back as it was.
//! - **Invariant.** Without a key nothing runs but one look a second, at whether the log grew.
//! - **Invariant.** A terminal that is hung up ends the process, whatever it is at, as one that
//!   was interrupted.

use std::io::{self, Stdout, stdout};
use std::mem::ManuallyDrop;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::crossterm::{cursor, execute};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::update::Key;
use crate::ui::error::Exit;

/// How long is waited for a key before the log is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long the process may take to end by itself once the terminal is gone.
const TIME_TO_END: Duration = Duration::from_secs(1);

/// What is told of a terminal that is gone.
const GONE: PollFlags = PollFlags::HUP.union(PollFlags::ERR).union(PollFlags::NVAL);

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    /// A key was pressed.
    Key(Key),
    /// The terminal has another size, or something was pressed that is no key of ours.
    Redraw,
    /// Nothing for a second.
    Quiet,
    /// The process is to end, or the terminal is gone.
    Ended,
}

/// A terminal that is drawn on.
pub struct Screen {
    /// Never dropped: that would say on standard error that a cursor cannot be shown, and panic
    /// where that is the terminal that is gone. [`restore`] shows it.
    terminal: ManuallyDrop<Terminal<CrosstermBackend<Stdout>>>,
    ended: Arc<AtomicBool>,
    /// Held for as long as the terminal is drawn on.
    _open: Arc<()>,
}

impl Screen {
    /// Takes the terminal over.
    ///
    /// # Errors
    ///
    /// The terminal cannot be put into raw mode or written to; it is given back.
    pub fn open() -> io::Result<Self> {
        let ended = Arc::new(AtomicBool::new(false));
        for signal in
            [signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP, signal_hook::consts::SIGINT]
        {
            signal_hook::flag::register(signal, Arc::clone(&ended))?;
        }
        restore_on_panic();
        let open = Arc::new(());
        end_when_hung_up(Arc::clone(&ended), Arc::downgrade(&open));
        enable_raw_mode()?;
        let opened = execute!(stdout(), EnterAlternateScreen, cursor::Hide)
            .and_then(|()| Terminal::new(CrosstermBackend::new(stdout())));
        match opened {
            Ok(terminal) => Ok(Self { terminal: ManuallyDrop::new(terminal), ended, _open: open }),
            Err(error) => {
                restore();
                Err(error)
            }
        }
    }

    /// Draws; only cells that changed are written.
    ///
    /// # Errors
    ///
    /// The terminal cannot be written to. One that is gone is no error: [`Screen::wait`] tells.
    pub fn draw(&mut self, paint: impl FnOnce(&mut Buffer)) -> io::Result<()> {
        match self.terminal.draw(|frame| paint(frame.buffer_mut())).map(|_| ()) {
            Err(error) if !self.is_over(Duration::ZERO) => Err(error),
            _ => Ok(()),
        }
    }

    /// Columns of the terminal.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.terminal.size().map_or(80, |size| usize::from(size.width))
    }

    /// Waits for what happens next.
    #[must_use]
    pub fn wait(&self) -> Happened {
        if self.ended.load(Ordering::Relaxed) {
            return Happened::Ended;
        }
        // The library's own waiting never ends on a terminal that was hung up, so it only takes
        // what is there. It may hold keys that came together with the one before.
        for patience in [Duration::ZERO, LOOK_EVERY] {
            if self.is_over(patience) {
                return Happened::Ended;
            }
            match event::poll(Duration::ZERO) {
                Ok(true) => return taken(),
                Ok(false) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Happened::Ended,
            }
        }
        Happened::Quiet
    }

    /// Waits for a key or a signal; true if the process is to end, or the terminal is gone.
    fn is_over(&self, patience: Duration) -> bool {
        let keys = io::stdin();
        let mut watched = [PollFd::new(&keys, PollFlags::IN)];
        let patience = Timespec::try_from(patience).ok();
        let waited = poll(&mut watched, patience.as_ref());
        let failed = waited.is_err_and(|error| error != Errno::INTR);
        self.ended.load(Ordering::Relaxed) || failed || watched[0].revents().intersects(GONE)
    }
}

/// The next of what is there.
fn taken() -> Happened {
    match event::read() {
        Ok(Event::Key(pressed)) => key(pressed).map_or(Happened::Redraw, Happened::Key),
        Ok(_) => Happened::Redraw,
        Err(_) => Happened::Ended,
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back; what cannot be done about it is left.
fn restore() {
    let _ = disable_raw_mode();
    let _ = execute!(stdout(), LeaveAlternateScreen, cursor::Show);
}

/// Waits beside everything else for the terminal to be hung up.
///
/// The library's reading goes round for ever if that happens between the question whether it did
/// and the read, and nothing on its own thread can tell.
fn end_when_hung_up(ended: Arc<AtomicBool>, open: Weak<()>) {
    thread::spawn(move || {
        let terminal = io::stdin();
        // No event is asked for: a terminal that is gone is always told.
        let mut watched = [PollFd::new(&terminal, PollFlags::empty())];
        while let Err(Errno::INTR) = poll(&mut watched, None) {}
        if !watched[0].revents().intersects(GONE) {
            return;
        }
        ended.store(true, Ordering::Relaxed);
        thread::sleep(TIME_TO_END);
        if open.upgrade().is_some() {
            std::process::exit(Exit::Interrupted.code().into());
        }
    });
}

/// A panic's message belongs on the screen that stays.
fn restore_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            restore();
            before(panic);
        }));
    });
}

/// The key, if it is one that means something.
fn key(pressed: KeyEvent) -> Option<Key> {
    if pressed.kind == KeyEventKind::Release {
        return None;
    }
    let control = pressed.modifiers.contains(KeyModifiers::CONTROL);
    Some(match pressed.code {
        KeyCode::Char('c' | 'd') if control => Key::Interrupt,
        KeyCode::Char('u') if control => Key::Clear,
        KeyCode::Char('h') if control => Key::Backspace,
        KeyCode::Char(letter) if !control => Key::Char(letter),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        _ => return None,
    })
}
