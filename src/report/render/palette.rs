//! Colours, by what they mean. [`Palette::plain`] gives no escape sequence at all.

use anstyle::{AnsiColor, Style};

use crate::report::model::Severity;

#[derive(Clone, Copy, Debug, Default)]
pub struct Palette {
    pub heading: Style,
    pub dim: Style,
    pub code: Style,
    error: Style,
    warning: Style,
    info: Style,
}

impl Palette {
    pub fn plain() -> Self {
        Self::default()
    }

    pub fn coloured() -> Self {
        let colour = |c: AnsiColor| Style::new().fg_color(Some(c.into()));
        Self {
            heading: Style::new().bold(),
            dim: Style::new().dimmed(),
            code: colour(AnsiColor::Green),
            error: colour(AnsiColor::Red).bold(),
            warning: colour(AnsiColor::Yellow).bold(),
            info: colour(AnsiColor::Cyan),
        }
    }

    pub fn severity(&self, severity: Severity) -> Style {
        match severity {
            Severity::Error => self.error,
            Severity::Warning => self.warning,
            Severity::Info => self.info,
        }
    }
}

/// `text` in `style`; without a style the text alone.
pub fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}
