//! What has changed since a paper was made, in words.

use bangfu_store::paper::Paper as Stored;
use bangfu_usecase::paper::{Count, FigureChange, Line, LineChange, Since};
use jiff::civil::Date;

use crate::texts::Lang;

/// The most changes on a page.
const SHOWN: usize = 500;

/// What has changed.
#[derive(Debug, Clone)]
pub(crate) struct SinceView {
    /// In a sentence.
    pub(crate) said: String,
    /// Each change.
    pub(crate) rows: Vec<SinceRow>,
    /// How many more there are.
    pub(crate) more: usize,
}

/// A change.
#[derive(Debug, Clone)]
pub(crate) struct SinceRow {
    /// The key of what became of it.
    pub(crate) what: &'static str,
    /// Whose it is.
    pub(crate) name: String,
    /// What leads there.
    pub(crate) href: Option<String>,
    /// As the paper has it.
    pub(crate) then: String,
    /// As it is now.
    pub(crate) now: String,
}

/// What has changed, in words.
pub(crate) fn view(lang: Lang, paper: &Stored, since: &Since, today: Date) -> SinceView {
    let rows: Vec<SinceRow> = match since {
        Since::Lines(lines) => lines.iter().take(SHOWN).map(|one| of_line(lang, one)).collect(),
        Since::Figures(figures) => figures.iter().take(SHOWN).map(|one| of_figure(lang, one)).collect(),
    };
    let day = match since {
        Since::Lines(_) => today,
        Since::Figures(_) => paper.on_day,
    };
    let count = i64::try_from(since.len()).unwrap_or(i64::MAX);
    let key = match (since, since.is_empty()) {
        (_, true) => "paper-since-none",
        (Since::Lines(_), false) => "paper-since-lines",
        (Since::Figures(_), false) => "paper-since-figures",
    };
    let values = [("n", count.into()), ("day", lang.day(day).into())];
    SinceView { said: lang.text_with(key, &values), more: since.len() - rows.len(), rows }
}

fn of_line(lang: Lang, change: &LineChange) -> SinceRow {
    let said = |line: &Line| {
        let standing = lang.text(&format!("standing-{}", line.standing.key()));
        let contacts = match line.contacts.len() {
            0 => String::new(),
            n => {
                let n = i64::try_from(n).unwrap_or(i64::MAX);
                format!(" · {}", lang.text_with("paper-contacts", &[("n", n.into())]))
            }
        };
        format!("{} · {standing} · {}{contacts}", lang.yuan(line.balance_fen), lang.day(line.due_on))
    };
    let what = match (&change.then, &change.now) {
        (None, _) => "paper-added",
        (Some(_), None) => "paper-gone",
        (Some(_), Some(_)) => "paper-changed",
    };
    let line = change.now.as_ref().or(change.then.as_ref());
    SinceRow {
        what,
        name: line.map(|line| format!("{} {}", line.borrower, line.number)).unwrap_or_default(),
        href: line.map(|line| format!("/loans/{}", line.loan_id)),
        then: change.then.as_ref().map(said).unwrap_or_default(),
        now: change.now.as_ref().map(said).unwrap_or_default(),
    }
}

fn of_figure(lang: Lang, change: &FigureChange) -> SinceRow {
    let said = |count: Count| {
        let loans = lang.text_with("loans-count", &[("n", count.loans.into())]);
        format!("{loans} · {}", lang.yuan(count.fen))
    };
    let place = match change.place.as_str() {
        "" => lang.text("total-row"),
        place => place.to_owned(),
    };
    SinceRow {
        what: figure(change.figure),
        name: place,
        href: None,
        then: said(change.then),
        now: said(change.now),
    }
}

/// The key of a figure's name.
fn figure(word: &str) -> &'static str {
    match word {
        "new" => "paper-new",
        "lent" => "paper-lent-ever",
        "due" => "paper-due",
        "due-ever" => "paper-due-ever",
        "repaid" => "paper-repaid",
        "repaid-ever" => "paper-repaid-ever",
        "extended" => "paper-extended",
        "renewed" => "paper-renewed",
        "owing" => "paper-owing",
        "overdue" => "paper-overdue",
        "red" => "standing-red",
        "awaiting" => "standing-awaiting",
        _ => "nobody",
    }
}
