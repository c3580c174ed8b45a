//! Amendments as plain data: what their templates show.

use bangfu_domain::lines::{Line, difference};
use bangfu_domain::warning::Standing;
use bangfu_usecase::amendment::preview::{Both, Preview};
use bangfu_usecase::amendment::{Amendment, Subject};
use bangfu_usecase::import::Reading;
use bangfu_usecase::proposal::ProposalState;
use jiff::civil::{Date, DateTime};

use crate::texts::Lang;
use crate::web::board::view::SHOWN;
use crate::web::page::unsigned;

/// Lines of a text that are shown around what changed.
const AROUND: usize = 2;

/// An amendment in a list.
#[derive(Debug, Clone)]
pub(crate) struct AmendmentRow {
    /// Its page.
    pub(crate) href: String,
    /// What it amends.
    pub(crate) subject: String,
    /// The key of the word for how far it has come.
    pub(crate) state_key: &'static str,
    /// The look of that word.
    pub(crate) look: &'static str,
    /// The day from which it holds.
    pub(crate) valid_from: Date,
    /// Who proposed it.
    pub(crate) maker: String,
    /// When.
    pub(crate) made_at: DateTime,
    /// Why.
    pub(crate) reason: String,
    /// Who decided on it, when and why.
    pub(crate) decided: Option<(String, DateTime, String)>,
}

/// What an amendment amends, in words.
pub(crate) fn subject_text(lang: Lang, subject: &Subject) -> String {
    match subject {
        Subject::Pack(file) => {
            lang.text_with("amendment-of-pack", &[("file", file.trim_end_matches(".toml").into())])
        }
        Subject::Year(year) => lang.text_with("amendment-of-year", &[("year", year.to_string().into())]),
    }
}

/// An amendment in a list.
pub(crate) fn row(lang: Lang, one: &Amendment, local: impl Fn(i64) -> DateTime) -> AmendmentRow {
    let stored = &one.stored;
    let (state_key, look) = match (one.state, stored.in_force_at) {
        (ProposalState::Proposed, _) => ("proposal-proposed", "staged"),
        (ProposalState::Withdrawn, _) => ("proposal-withdrawn", ""),
        (ProposalState::Rejected, _) => ("proposal-rejected", "unreadable"),
        (ProposalState::Approved, None) => ("amendment-waits", "staged"),
        (ProposalState::Approved, Some(_)) => ("amendment-in-force", "good"),
    };
    AmendmentRow {
        href: format!("/admin/amendments/{}", stored.amendment_id),
        subject: subject_text(lang, &one.subject),
        state_key,
        look,
        valid_from: stored.valid_from,
        maker: stored.maker.clone(),
        made_at: local(stored.made_at),
        reason: stored.reason.clone(),
        decided: stored.decided.as_ref().map(|one| (one.decider.clone(), local(one.at), one.reason.clone())),
    }
}

/// A line of what changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changed {
    /// `+`, `−`, a blank, or `…` where lines are left out.
    pub(crate) sign: &'static str,
    /// Its look.
    pub(crate) look: &'static str,
    /// The line.
    pub(crate) text: String,
}

/// What changed from one text to another, with some lines around it.
pub(crate) fn changed(before: &str, body: &str) -> Vec<Changed> {
    let lines = difference(before, body);
    let is_changed = |at: usize| lines.get(at).is_some_and(|line| !matches!(line, Line::Same(_)));
    let mut shown: Vec<Changed> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let near = (at.saturating_sub(AROUND)..=at + AROUND).any(is_changed);
        let (sign, look, text) = match line {
            Line::Same(text) if near => (" ", "", *text),
            Line::Same(_) if shown.last().is_none_or(|last| last.sign != "…") => ("…", "", ""),
            Line::Same(_) => continue,
            Line::Old(text) => ("−", "gone", *text),
            Line::New(text) => ("+", "added", *text),
        };
        shown.push(Changed { sign, look, text: text.to_owned() });
    }
    shown
}

/// What an amendment would do, as far as that is known.
#[derive(Debug, Clone)]
pub(crate) enum PreviewView {
    /// Being reckoned.
    Going(Reading),
    /// It could not be reckoned.
    Failed(String),
    /// Reckoned.
    Done(Effect),
}

/// What an amendment would do.
#[derive(Debug, Clone)]
pub(crate) struct Effect {
    /// Loans that would stand otherwise.
    pub(crate) other_standing: u64,
    /// Loans that would be due on another day.
    pub(crate) other_due: u64,
    /// Days that would be of another kind, and whether of work.
    pub(crate) other_days: Vec<(Date, bool)>,
    /// The county, then its townships.
    pub(crate) rows: Vec<EffectRow>,
}

/// How the loans of a place stand now, and would stand.
#[derive(Debug, Clone)]
pub(crate) struct EffectRow {
    /// The place; empty for the county.
    pub(crate) name: String,
    /// By standing: now, and with the amendment.
    pub(crate) cells: Vec<(Standing, u64, u64)>,
}

/// The standings of a preview, the most urgent first, and what has no colour yet.
pub(crate) fn standings() -> Vec<Standing> {
    SHOWN.into_iter().chain([Standing::None]).collect()
}

/// What an amendment would do.
pub(crate) fn effect(preview: &Preview) -> Effect {
    let row = |name: &str, (now, then): &Both| EffectRow {
        name: name.to_owned(),
        cells: standings()
            .into_iter()
            .map(|one| (one, unsigned(now.get(one).loans), unsigned(then.get(one).loans)))
            .collect(),
    };
    let townships = preview.rows.iter().map(|one| row(&one.name, &one.figures));
    Effect {
        other_standing: unsigned(preview.other_standing),
        other_due: unsigned(preview.other_due),
        other_days: preview.other_days.clone(),
        rows: std::iter::once(row("", &preview.total)).chain(townships).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_is_shown_with_what_stands_around_it() {
        let before: String = (1..=20).map(|number| format!("{number}\n")).collect();
        let body = before.replace("10\n", "zehn\n");
        let shown = changed(&before, &body);
        let signs: String = shown.iter().map(|line| line.sign).collect();
        assert_eq!(signs, "…  −+  …");
        assert_eq!((shown[1].text.as_str(), shown[4].text.as_str()), ("8", "zehn"));
        assert!(changed("", "a\nb").iter().all(|line| line.sign == "+"));
    }
}
