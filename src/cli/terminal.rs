//! What standard output and standard error are: colours, width, and how to complain.

use std::io::{IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use terminal_size::{Width, terminal_size_of};

use super::args::Color;
use crate::report::escape;
use crate::report::render::palette::Palette;
use crate::report::render::table::Lines;

/// Width of everything that is not a terminal, so that a file is the same whoever makes it.
pub const PIPE_WIDTH: usize = 100;

/// Colours for standard output. `auto` follows NO_COLOR, CLICOLOR_FORCE, TERM and whether it is a terminal.
pub fn palette(color: Color) -> Palette {
    let coloured = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => AutoStream::choice(&std::io::stdout()) != ColorChoice::Never,
    };
    if coloured { Palette::coloured() } else { Palette::plain() }
}

/// Columns of standard output, within what is readable.
pub fn width() -> usize {
    if !std::io::stdout().is_terminal() {
        return PIPE_WIDTH;
    }
    terminal_size_of(std::io::stdout()).map_or(PIPE_WIDTH, |(Width(columns), _)| usize::from(columns).clamp(60, 140))
}

/// Box drawing where it will be shown: everywhere but on a terminal whose locale is not UTF-8.
pub fn lines() -> Lines {
    if !std::io::stdout().is_terminal() {
        return Lines::Unicode;
    }
    // POSIX: the first of these that is set and not empty decides.
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    let utf8 = locale.is_some_and(|name| {
        let name = name.to_ascii_lowercase();
        name.contains("utf-8") || name.contains("utf8")
    });
    if utf8 { Lines::Unicode } else { Lines::Ascii }
}

pub fn stderr_is_terminal() -> bool {
    std::io::stderr().is_terminal()
}

pub fn stdin_is_terminal() -> bool {
    std::io::stdin().is_terminal()
}

/// A message on standard error. What may come from outside is escaped; nobody is left to tell when that fails.
pub fn complain(message: &str) {
    let _ = writeln!(std::io::stderr(), "{}", escape::block(message));
}

/// Turns `-v` into messages on standard error.
pub fn trace(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => tracing::Level::INFO,
        _ => tracing::Level::DEBUG,
    };
    let subscriber =
        tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).with_target(false).without_time();
    // A second subscriber can only be one that a test installed.
    let _ = subscriber.try_init();
}
