//! What pages of rewards show, in words.

use bangfu_domain::money::Fen;
use bangfu_domain::reward::{ListState, RewardKind, WhyNot, masked_number};
use bangfu_domain::text::masked_name;
use bangfu_store::reward::{ListStep, Missed, Objection, Payment};
use bangfu_usecase::division::Places;
use bangfu_usecase::error::Refusal;
use bangfu_usecase::reward::{Gathered, Held, RewardFault, Shown};
use jiff::civil::{Date, DateTime};

use crate::texts::{Lang, Value};
use crate::web::pack::view::label_of;
use crate::words;

/// What is wrong, and where it is put right, if that is another page.
#[derive(Debug, Clone)]
pub(crate) struct FaultView {
    /// What is wrong.
    pub(crate) text: String,
    /// The page of the pack that is silent.
    pub(crate) pack: Option<String>,
}

impl FaultView {
    /// A refusal in words.
    pub(crate) fn of(lang: Lang, refusal: &Refusal) -> FaultView {
        match refusal {
            Refusal::Reward(RewardFault::PackValue { place, pack }) => {
                let args = [("place", Value::from(label(lang, place))), ("pack", Value::from(pack.clone()))];
                FaultView {
                    text: lang.text_with("refusal-reward-pack-value", &args),
                    pack: Some(format!("/admin/packs/{pack}")),
                }
            }
            refusal => FaultView { text: words::refusal(lang, refusal), pack: None },
        }
    }
}

/// What a value of a pack is called.
fn label(lang: Lang, place: &str) -> String {
    label_of(place).map_or_else(|| place.to_owned(), |key| lang.text(key))
}

/// Why a loan earns nothing, in words.
pub(crate) fn why_text(lang: Lang, why: WhyNot) -> String {
    let key = format!("reward-why-{}", why.key());
    let day = |day: Date| Value::from(lang.day_plain(day));
    match why {
        WhyNot::Late { by_on, settled_on } | WhyNot::DayUnknown { by_on, settled_on } => {
            lang.text_with(&key, &[("by", day(by_on)), ("settled", day(settled_on))])
        }
        WhyNot::Extended { to } => lang.text_with(&key, &[("to", day(to))]),
        WhyNot::InParts { parts } => lang.text_with(&key, &[("n", Value::from(i64::from(parts)))]),
        WhyNot::TooEarly { ran, least } => {
            let args = [("ran", Value::from(i64::from(ran))), ("least", Value::from(i64::from(least)))];
            lang.text_with(&key, &args)
        }
        WhyNot::Unknown { place } => lang.text_with(&key, &[("place", Value::from(label(lang, place)))]),
        _ => lang.text(&key),
    }
}

/// The key of the word for who is rewarded.
pub(crate) fn kind_key(kind: RewardKind) -> String {
    format!("reward-kind-{}", kind.key())
}

/// What a list of a period would hold.
#[derive(Debug, Clone)]
pub(crate) struct Preview {
    /// How many entries of each kind, and what they come to.
    pub(crate) kinds: Vec<(String, u64, Fen)>,
    /// What they come to together.
    pub(crate) total: Fen,
    /// Why others earn nothing: in words, and how many.
    pub(crate) missed: Vec<(String, u64)>,
}

impl Preview {
    /// What was gathered, in words.
    pub(crate) fn of(lang: Lang, gathered: &Gathered) -> Preview {
        let kinds = RewardKind::ALL.map(|kind| {
            let of = || gathered.entries.iter().filter(move |one| one.kind == kind);
            let count = u64::try_from(of().count()).unwrap_or(0);
            (kind_key(kind), count, of().map(|one| one.amount_fen).sum())
        });
        let mut missed: Vec<(String, u64)> = Vec::new();
        for one in &gathered.missed {
            // Loans that are late differ in their days: they are counted together.
            let text = match one.why {
                WhyNot::Unknown { .. } => why_text(lang, one.why),
                why => lang.text(&format!("reward-short-{}", why.key())),
            };
            let text = format!("{} · {text}", lang.text(&kind_key(one.kind)));
            match missed.iter_mut().find(|(known, _)| *known == text) {
                Some((_, count)) => *count += 1,
                None => missed.push((text, 1)),
            }
        }
        Preview {
            total: gathered.entries.iter().map(|one| one.amount_fen).sum(),
            kinds: kinds.into_iter().filter(|(_, count, _)| *count > 0).collect(),
            missed,
        }
    }

    /// Whether there is anything to make a list of.
    pub(crate) fn is_something(&self) -> bool {
        !self.kinds.is_empty()
    }
}

/// An entry as a page shows it.
#[derive(Debug, Clone)]
pub(crate) struct EntryRow {
    /// Its number on the list, from 1.
    pub(crate) number: usize,
    /// Its id.
    pub(crate) entry_id: i64,
    /// Township and village on the settlement day.
    pub(crate) township: String,
    /// The village.
    pub(crate) village: String,
    /// Who is rewarded.
    pub(crate) payee: String,
    /// The key of the word for what they are.
    pub(crate) kind: String,
    /// The borrower.
    pub(crate) borrower: String,
    /// The loan's page.
    pub(crate) loan: String,
    /// 借据号.
    pub(crate) contract: String,
    /// The amount lent.
    pub(crate) principal: Fen,
    /// 放款日期.
    pub(crate) disbursed_on: Date,
    /// By when it had to be repaid.
    pub(crate) by_on: Date,
    /// When it was.
    pub(crate) settled_on: Date,
    /// The percentage.
    pub(crate) percent: String,
    /// The reward.
    pub(crate) amount: Fen,
    /// The key of the word for how it is held, and its look.
    pub(crate) held: (&'static str, &'static str),
    /// Whether it can be paid now.
    pub(crate) payable: bool,
}

impl EntryRow {
    /// An entry of a list with its number there.
    pub(crate) fn of(number: usize, one: &Shown, payable: bool, places: &Places) -> EntryRow {
        let (entry, earned) = (&one.entry, &one.frozen.earned);
        let (township, village) = places.village_on(entry.village_id, earned.settled_on);
        EntryRow {
            number,
            entry_id: entry.entry_id,
            township: township.to_owned(),
            village: village.to_owned(),
            payee: entry.payee.clone(),
            kind: kind_key(entry.kind),
            borrower: entry.borrower.clone(),
            loan: format!("/loans/{}", entry.loan_id),
            contract: entry.number.clone(),
            principal: one.frozen.repaid.principal_fen,
            disbursed_on: one.frozen.repaid.disbursed_on,
            by_on: earned.by_on,
            settled_on: earned.settled_on,
            percent: earned.percent.to_string(),
            amount: entry.amount_fen,
            held: match one.held {
                Held::Standing => ("reward-standing", ""),
                Held::Moved => ("reward-moved", "unreadable"),
                Held::Paid(_) => ("reward-paid", "good"),
                Held::TakenOut { .. } => ("reward-taken-out", "unreadable"),
                Held::TakesOut { paid: None } => ("reward-takes-out", "staged"),
                Held::TakesOut { paid: Some(_) } => ("reward-came-back", "good"),
            },
            payable,
        }
    }

    /// Who is rewarded, as the public is told: of a person the first character alone, of an enterprise all.
    pub(crate) fn public_payee(&self) -> String {
        if self.is_enterprise() { self.payee.clone() } else { masked_name(&self.payee) }
    }

    /// The contract's number, as the public is told.
    pub(crate) fn public_contract(&self) -> String {
        masked_number(&self.contract)
    }

    /// Whether an enterprise is rewarded.
    pub(crate) fn is_enterprise(&self) -> bool {
        self.kind == kind_key(RewardKind::Enterprise)
    }
}

/// A loan that earns nothing.
#[derive(Debug, Clone)]
pub(crate) struct MissedRow {
    /// The loan's page.
    pub(crate) loan: String,
    /// 借据号.
    pub(crate) contract: String,
    /// The borrower.
    pub(crate) borrower: String,
    /// The key of the word for who is not rewarded.
    pub(crate) kind: String,
    /// Why.
    pub(crate) why: String,
}

impl MissedRow {
    /// A loan that earns nothing, in words.
    pub(crate) fn of(lang: Lang, one: &Missed) -> MissedRow {
        MissedRow {
            loan: format!("/loans/{}", one.loan_id),
            contract: one.number.clone(),
            borrower: one.borrower.clone(),
            kind: kind_key(one.kind),
            why: why_text(lang, one.why),
        }
    }
}

/// The key of the word for how far a list has come, and its look.
pub(crate) const fn state_of(state: ListState) -> (&'static str, &'static str) {
    match state {
        ListState::Draft => ("reward-state-draft", "staged"),
        ListState::Checked => ("reward-state-checked", "staged"),
        ListState::Public => ("reward-state-public", "staged"),
        ListState::Approved => ("reward-state-approved", "good"),
        ListState::Rejected => ("reward-state-rejected", "unreadable"),
        ListState::Withdrawn => ("reward-state-withdrawn", ""),
    }
}

/// Something that was done, in words.
#[derive(Debug, Clone)]
pub(crate) struct StepRow {
    /// The key of the word for it.
    pub(crate) key: String,
    /// Who did it.
    pub(crate) actor: String,
    /// When.
    pub(crate) at: DateTime,
    /// What else is said.
    pub(crate) note: String,
}

impl StepRow {
    /// A step, in words.
    pub(crate) fn of(step: &ListStep, at: DateTime) -> StepRow {
        let (actor, note) = (step.actor.clone(), step.note.clone());
        StepRow { key: format!("reward-step-{}", step.kind), actor, at, note }
    }
}

/// An objection or a correction.
#[derive(Debug, Clone)]
pub(crate) struct ObjectionRow {
    /// It.
    pub(crate) one: Objection,
    /// The number of the entry on the list.
    pub(crate) entry: Option<usize>,
    /// When it was recorded.
    pub(crate) at: DateTime,
    /// Who decided, when and why.
    pub(crate) decided: Option<(String, DateTime, String)>,
    /// Whether whoever looks may decide on it.
    pub(crate) may_decide: bool,
}

impl ObjectionRow {
    /// The key of the word for what it is.
    pub(crate) fn kind_key(&self) -> &'static str {
        if self.one.kind == "correction" { "reward-correction" } else { "reward-objection" }
    }

    /// The key of the word for what became of it, and its look.
    pub(crate) fn state(&self) -> (&'static str, &'static str) {
        use bangfu_domain::reward::ObjectionState;
        match self.one.state {
            ObjectionState::Open => ("reward-objection-open", "staged"),
            ObjectionState::Upheld => ("reward-objection-upheld", "unreadable"),
            ObjectionState::Dismissed => ("reward-objection-dismissed", ""),
        }
    }
}

/// A payment with how many entries it paid.
#[derive(Debug, Clone)]
pub(crate) struct PaymentRow {
    /// It.
    pub(crate) one: Payment,
    /// How many entries.
    pub(crate) entries: usize,
}
