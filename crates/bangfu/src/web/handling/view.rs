//! What pages show of how loans are handled.

use bangfu_domain::handling::{Kind, Ruling, State, Verdict};
use bangfu_domain::money::Fen;
use bangfu_store::handling::{HandlingRow, HandlingStep, StoredHandling};
use bangfu_usecase::handling::{Shown, rulings};
use jiff::civil::{Date, DateTime};

use super::path;
use crate::texts::{Lang, Value};
use crate::web::frame::Face;
use crate::web::loan::list::Names;
use crate::web::page::Page;

impl Page {
    /// How a loan is handled.
    pub(crate) fn handling_kind(&self, kind: &str) -> String {
        self.t(&format!("handling-kind-{kind}"))
    }

    /// What that means.
    pub(crate) fn handling_kind_hint(&self, kind: &str) -> String {
        self.t(&format!("handling-kind-{kind}-hint"))
    }

    /// How far a proposal has come.
    pub(crate) fn handling_state(&self, state: &str) -> String {
        self.t(&format!("handling-state-{state}"))
    }
}

/// A part of the list.
#[derive(Debug, Clone)]
pub(crate) struct HandlingTab {
    /// Its address.
    pub(crate) href: String,
    /// The key of its name.
    pub(crate) text_key: String,
    /// How many.
    pub(crate) count: u64,
    /// Whether it is shown.
    pub(crate) here: bool,
}

/// A proposal in a list.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// Its page.
    pub(crate) href: String,
    /// The page of its loan.
    pub(crate) loan: String,
    /// The borrower.
    pub(crate) borrower: String,
    /// 借据号.
    pub(crate) number: String,
    /// Village and branch.
    pub(crate) place: String,
    /// The word of the kind.
    pub(crate) kind: &'static str,
    /// What it asks for, in words.
    pub(crate) what: String,
    /// The word of how far it has come, and its look.
    pub(crate) state: (&'static str, &'static str),
    /// Who proposed it, and when.
    pub(crate) made: (String, Date),
    /// The day by which the bank answers, in words, and whether that has passed.
    pub(crate) by: Option<(String, bool)>,
    /// What is owed.
    pub(crate) balance: Fen,
    /// The due day.
    pub(crate) due_on: Date,
}

/// A clause as it was held against the facts.
#[derive(Debug, Clone)]
pub(crate) struct ClauseRow {
    /// The key of its name.
    pub(crate) text_key: String,
    /// The word of the verdict, and its look.
    pub(crate) verdict: (&'static str, &'static str),
    /// What the pack allows.
    pub(crate) limit: String,
    /// What was found.
    pub(crate) found: String,
    /// Where it comes from.
    pub(crate) source: String,
}

/// Something that somebody did with a proposal.
#[derive(Debug, Clone)]
pub(crate) struct StepRow {
    /// The key of what.
    pub(crate) text_key: String,
    /// Who.
    pub(crate) actor: String,
    /// When.
    pub(crate) at: DateTime,
    /// What they said.
    pub(crate) note: String,
}

/// A proposal with all that is known of it.
#[derive(Debug, Clone)]
pub(crate) struct HandlingView {
    /// As in a list.
    pub(crate) row: Row,
    /// Why it was proposed.
    pub(crate) reason: String,
    /// The version that is shown.
    pub(crate) version: i64,
    /// The parts of its plan.
    pub(crate) plan: Vec<(Date, Fen)>,
    /// What the pack asks.
    pub(crate) clauses: Vec<ClauseRow>,
    /// What was done with it.
    pub(crate) steps: Vec<StepRow>,
    /// The page of the loan that took over.
    pub(crate) new_loan: Option<String>,
    /// Whether the bank gives another due day.
    pub(crate) asks_due_on: bool,
    /// Whether the bank makes another contract.
    pub(crate) asks_contract: bool,
    /// Whether whoever looks may agree or return it.
    pub(crate) may_check: bool,
    /// Whether whoever looks may take it back.
    pub(crate) may_withdraw: bool,
    /// Whether whoever looks may record the bank's answer.
    pub(crate) may_answer: bool,
}

/// What a proposal asks for, in words.
pub(crate) fn what(lang: Lang, one: &StoredHandling) -> String {
    let mut parts = Vec::new();
    if let Some(on) = one.until_on {
        let key = if one.kind == Kind::Repayment { "handling-by-day" } else { "handling-until-day" };
        parts.push(lang.text_with(key, &[("day", Value::from(lang.day(on)))]));
    }
    if let Some(fen) = one.amount_fen {
        parts.push(lang.yuan(fen));
    }
    parts.join(" · ")
}

/// The look of how far a proposal has come.
pub(crate) const fn look(state: State) -> &'static str {
    match state {
        State::Proposed | State::AwaitingBank => "staged",
        State::Agreed | State::Granted => "good",
        State::Returned | State::Refused => "unreadable",
        State::Withdrawn | State::Lapsed => "",
    }
}

/// A proposal in a list.
pub(crate) fn row(lang: Lang, names: &Names, line: &HandlingRow, today: Date) -> Row {
    let one = &line.stored;
    let (township, village) = names.village(line.village_id);
    let place = format!("{township} {village} · {}", names.branch(line.branch_id));
    let waits = one.answer_by.filter(|_| one.state == State::AwaitingBank);
    Row {
        href: path(one.handling_id),
        loan: format!("/loans/{}", one.loan_id),
        borrower: line.borrower_name.clone(),
        number: line.number.clone(),
        place,
        kind: one.kind.key(),
        what: what(lang, one),
        state: (one.state.key(), look(one.state)),
        made: (one.maker.clone(), one.made_on),
        by: waits.map(|by| (lang.day(by), by < today)),
        balance: line.balance_fen,
        due_on: line.due_on,
    }
}

/// Clauses as pages show them.
pub(crate) fn clauses(rulings: &[Ruling]) -> Vec<ClauseRow> {
    let clause = |one: &Ruling| ClauseRow {
        text_key: format!("clause-{}", one.clause.key()),
        verdict: match one.verdict {
            Verdict::Kept => ("clause-kept", "good"),
            Verdict::Broken => ("clause-broken", "unreadable"),
            Verdict::Open => ("clause-open", "staged"),
        },
        limit: one.limit.clone(),
        found: one.found.clone(),
        source: one.source.clone(),
    };
    rulings.iter().map(clause).collect()
}

/// All that a page shows of a proposal; what whoever looks may do is not decided here.
pub(crate) fn view(face: &Face, lang: Lang, names: &Names, one: &Shown, today: Date) -> HandlingView {
    let stored = &one.row.stored;
    let step = |step: &HandlingStep| StepRow {
        text_key: format!("handling-step-{}", step.kind),
        actor: step.actor.clone(),
        at: face.local(step.at),
        note: step.note.clone(),
    };
    HandlingView {
        row: row(lang, names, &one.row, today),
        reason: stored.reason.clone(),
        version: stored.version,
        plan: one.plan.iter().map(|part| (part.on, part.amount_fen)).collect(),
        clauses: clauses(&rulings(&stored.rulings)),
        steps: one.steps.iter().map(step).collect(),
        new_loan: stored.new_loan_id.map(|id| format!("/loans/{id}")),
        asks_due_on: matches!(stored.kind, Kind::Extension | Kind::Renewal),
        asks_contract: stored.kind == Kind::Renewal,
        may_check: false,
        may_withdraw: false,
        may_answer: false,
    }
}
