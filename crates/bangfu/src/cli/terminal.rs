//! Tables, figures and progress in a terminal.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bangfu_domain::warning::Standing;
use bangfu_usecase::board::{Board, Figures};
use bangfu_usecase::import::Meter;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value, json};

use crate::texts::Lang;

/// The standings of a board, from the most pressing.
pub(super) const SHOWN: [Standing; 7] = [
    Standing::Overdue,
    Standing::Awaiting,
    Standing::Red,
    Standing::Yellow,
    Standing::Blue,
    Standing::Green,
    Standing::None,
];

/// Standard output could not be written to, for another reason than that nobody reads it any more.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(crate) struct Unsaid(std::io::Error);

/// Writes to standard output. Whoever reads it may stop reading early: then the rest is not said, and the verb
/// ends as it would have.
pub(super) fn say(text: impl std::fmt::Display) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Unsaid(error).into()),
        _ => Ok(()),
    }
}

/// Writes to standard error, if anybody is there to read it.
pub(super) fn note(text: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Something moving on standard error while work goes on; nothing where that is no terminal.
pub(super) fn spinner(message: &str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(message.to_owned());
    let bar = match ProgressStyle::with_template("{spinner} {prefix}{msg}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    };
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// Shows on standard error how far an import has come, until this is dropped.
pub(super) struct Watch(Arc<AtomicBool>);

impl Watch {
    /// Begins to watch. A thread of its own looks: judging rows leaves the others no pause to do so.
    pub(super) fn begin(bar: &ProgressBar, meter: &Arc<Meter>) -> Watch {
        let over = Arc::new(AtomicBool::new(false));
        let (bar, meter, seen) = (bar.clone(), Arc::clone(meter), Arc::clone(&over));
        std::thread::spawn(move || {
            while !seen.load(Ordering::Relaxed) {
                let now = meter.read();
                if now.total > 0 {
                    bar.set_prefix(format!("{}/{} ", now.done, now.total));
                }
                std::thread::sleep(Duration::from_millis(100));
            }
        });
        Watch(over)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A bar on standard error for work of known length.
pub(super) fn bar(length: u64, message: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}");
    let bar = ProgressBar::new(length).with_message(message.to_owned());
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Figures as other programs read them.
pub(super) fn figures(figures: &Figures) -> Map<String, Value> {
    SHOWN
        .iter()
        .map(|standing| {
            let totals = figures.get(*standing);
            let cell = json!({ "loans": totals.loans, "balance_fen": totals.balance_fen });
            (standing.key().to_owned(), cell)
        })
        .collect()
}

/// A board as a table, in colour where standard output is a terminal that wants it.
pub(super) fn table(lang: Lang, board: &Board) -> String {
    let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let mut lines: Vec<Vec<String>> = Vec::new();
    let mut head = vec![String::new()];
    head.extend(SHOWN.iter().map(|standing| lang.text(&format!("standing-{}-short", standing.key()))));
    head.push(lang.text("in-loan"));
    head.push(lang.text("balance-wan"));
    lines.push(head);
    for row in &board.rows {
        let name = if row.key_id == 0 { lang.text("no-manager") } else { row.name.clone() };
        lines.push(cells(lang, name, &row.figures));
    }
    lines.push(cells(lang, lang.text("total-row"), &board.total));
    let columns = SHOWN.len() + 3;
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            lines.iter().filter_map(|line| line.get(column)).map(|cell| width(cell)).max().unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        for (column, (cell, wide)) in line.iter().zip(&widths).enumerate() {
            let gap = " ".repeat(wide.saturating_sub(width(cell)));
            let shade = (number > 0).then(|| column.checked_sub(1).and_then(|at| SHOWN.get(at))).flatten();
            let cell = match shade.filter(|_| colour && cell != "·").map(|standing| paint(*standing)) {
                Some(code) => format!("\u{1b}[{code}m{cell}\u{1b}[0m"),
                None => cell.clone(),
            };
            if column == 0 {
                text.push_str(&format!("{cell}{gap}"));
            } else {
                text.push_str(&format!("  {gap}{cell}"));
            }
        }
        text.push('\n');
    }
    text
}

fn cells(lang: Lang, name: String, figures: &Figures) -> Vec<String> {
    let mut line = vec![name];
    line.extend(SHOWN.iter().map(|standing| match figures.get(*standing).loans {
        0 => "·".to_owned(),
        loans => loans.to_string(),
    }));
    let owing = figures.owing();
    line.push(owing.loans.to_string());
    line.push(lang.amount_bare(owing.balance_fen, 2));
    line
}

/// The terminal's code for the colour of a standing.
const fn paint(standing: Standing) -> &'static str {
    match standing {
        Standing::Overdue => "1;35",
        Standing::Awaiting => "36",
        Standing::Red => "1;31",
        Standing::Yellow => "33",
        Standing::Blue => "34",
        Standing::Green => "32",
        Standing::None | Standing::Settled => "0",
    }
}

/// Columns that a text takes: Chinese characters are two wide.
fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() || c == '·' { 1 } else { 2 }).sum()
}
