//! What a pack asks of an extension or a renewal, clause by clause.

use jiff::civil::Date;

use super::{Kind, Proposal};
use crate::loan::{Terms, add_months};
use crate::money::Fen;
use crate::policy::{Pack, Setting};

/// A condition of a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Clause {
    /// Extended or renewed no more often than allowed.
    Times,
    /// No longer than allowed.
    Term,
    /// The borrower is of an age at which one borrows.
    Age,
    /// Asked for before the due day has passed.
    BeforeDue,
    /// Lent for something that the programme is for.
    Purpose,
    /// Not used for anything else.
    NoMisuse,
    /// No more than one loan may be.
    Cap,
}

impl Clause {
    /// Its word.
    pub const fn key(self) -> &'static str {
        match self {
            Clause::Times => "times",
            Clause::Term => "term",
            Clause::Age => "age",
            Clause::BeforeDue => "before-due",
            Clause::Purpose => "purpose",
            Clause::NoMisuse => "no-misuse",
            Clause::Cap => "cap",
        }
    }

    /// The clause of a word.
    pub fn from_key(key: &str) -> Option<Clause> {
        let all = [
            Clause::Times,
            Clause::Term,
            Clause::Age,
            Clause::BeforeDue,
            Clause::Purpose,
            Clause::NoMisuse,
            Clause::Cap,
        ];
        all.into_iter().find(|clause| clause.key() == key)
    }
}

/// Whether a clause is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It is.
    Kept,
    /// It is not: so the loan cannot be handled.
    Broken,
    /// The pack says nothing, or a fact is not known: people judge.
    Open,
}

impl Verdict {
    /// Its word.
    pub const fn key(self) -> &'static str {
        match self {
            Verdict::Kept => "kept",
            Verdict::Broken => "broken",
            Verdict::Open => "open",
        }
    }

    /// The verdict of a word.
    pub fn from_key(key: &str) -> Option<Verdict> {
        [Verdict::Kept, Verdict::Broken, Verdict::Open].into_iter().find(|verdict| verdict.key() == key)
    }
}

/// A clause held against the facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// The clause.
    pub clause: Clause,
    /// Whether it is kept.
    pub verdict: Verdict,
    /// What the pack allows, as it is written in both languages: a number, a day, a word; empty where it says nothing.
    pub limit: String,
    /// What was found; empty where it is not known.
    pub found: String,
    /// Where the clause comes from, in the words of the pack.
    pub source: String,
}

/// What is known of a loan that is to be extended or renewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The day of the proposal.
    pub today: Date,
    /// The contract, with its first due day.
    pub contract: Terms,
    /// The due day as it holds now.
    pub due_on: Date,
    /// How often it was extended or renewed, the loans that it took over from included.
    pub times: u32,
    /// The borrower's age, where it is known.
    pub age: Option<u32>,
    /// Somebody found or suspected that it was used for something else, and nobody found it right since.
    pub misused: bool,
}

/// The clauses that a proposal is held against: none for what needs no rule. `pack` is the loan's, `next` that of a contract
/// of today, by which a renewal is judged.
pub fn clauses(proposal: &Proposal, facts: &Facts, pack: &Pack, next: &Pack) -> Vec<Ruling> {
    if !matches!(proposal.kind, Kind::Extension | Kind::Renewal) {
        return Vec::new();
    }
    let rule = &pack.handling;
    let mut rulings = vec![
        at_most(Clause::Times, &pack.extensions_max, facts.times + 1),
        term(proposal, facts, pack, next),
        age(facts, pack),
        flag(Clause::BeforeDue, &rule.before_due, facts.today > facts.due_on, facts.due_on.to_string()),
        purpose(facts, &rule.barred_purposes),
        flag(Clause::NoMisuse, &rule.misuse_bars, facts.misused, String::new()),
    ];
    if let Some(amount_fen) = proposal.amount_fen {
        rulings.push(cap(&next.cap, amount_fen));
    }
    rulings
}

fn verdict(is_broken: Option<bool>) -> Verdict {
    match is_broken {
        None => Verdict::Open,
        Some(true) => Verdict::Broken,
        Some(false) => Verdict::Kept,
    }
}

fn at_most(clause: Clause, most: &Setting<u32>, found: u32) -> Ruling {
    Ruling {
        clause,
        verdict: verdict(most.value.map(|most| found > most)),
        limit: most.value.map(|most| most.to_string()).unwrap_or_default(),
        found: found.to_string(),
        source: most.source.clone(),
    }
}

/// The last day to which it may run: an extension by a share of the contract's term, a renewal by the longest term of today's
/// contracts.
fn term(proposal: &Proposal, facts: &Facts, pack: &Pack, next: &Pack) -> Ruling {
    let (months, from, source) = match proposal.kind {
        Kind::Renewal => (next.term_months_max.value, facts.today, &next.term_months_max.source),
        _ => {
            let months = months_of(&facts.contract);
            let share = match months {
                ..=12 => &pack.handling.extension_percent_to_a_year,
                _ => &pack.handling.extension_percent_over_a_year,
            };
            (share.value.map(|percent| months * percent / 100), facts.due_on, &share.source)
        }
    };
    let last = months.map(|months| add_months(from, months));
    Ruling {
        clause: Clause::Term,
        verdict: verdict(last.zip(proposal.until_on).map(|(last, until)| until > last)),
        limit: last.map(|last| last.to_string()).unwrap_or_default(),
        found: proposal.until_on.map(|until| until.to_string()).unwrap_or_default(),
        source: source.clone(),
    }
}

/// The months of a contract, a begun one counted whole.
fn months_of(contract: &Terms) -> u32 {
    contract.term_months.unwrap_or_else(|| {
        (1..=1_200)
            .find(|months| add_months(contract.disbursed_on, *months) >= contract.due_on)
            .unwrap_or(1_200)
    })
}

fn age(facts: &Facts, pack: &Pack) -> Ruling {
    let (min, max) = (pack.age_min.value, pack.age_max.value);
    let outside = |age: u32| min.is_some_and(|min| age < min) || max.is_some_and(|max| age > max);
    let says = min.is_some() || max.is_some();
    let bound = |bound: Option<u32>| bound.map(|bound| bound.to_string()).unwrap_or_default();
    Ruling {
        clause: Clause::Age,
        verdict: verdict(facts.age.filter(|_| says).map(outside)),
        limit: if says { format!("{}–{}", bound(min), bound(max)) } else { String::new() },
        found: facts.age.map(|age| age.to_string()).unwrap_or_default(),
        source: pack.age_max.source.clone(),
    }
}

/// A clause that bars something, where the pack says that it does.
fn flag(clause: Clause, bars: &Setting<bool>, is_so: bool, limit: String) -> Ruling {
    Ruling {
        clause,
        verdict: verdict(bars.value.map(|bars| bars && is_so)),
        limit,
        found: String::new(),
        source: bars.source.clone(),
    }
}

fn purpose(facts: &Facts, barred: &Setting<Vec<String>>) -> Ruling {
    let purpose = facts.contract.purpose.clone().unwrap_or_default();
    let words = barred.value.as_ref().filter(|_| !purpose.is_empty());
    let word = words.map(|words| words.iter().find(|word| purpose.contains(word.as_str())));
    Ruling {
        clause: Clause::Purpose,
        verdict: verdict(word.map(|word| word.is_some())),
        limit: barred.value.as_ref().map(|words| words.join("、")).unwrap_or_default(),
        found: purpose,
        source: barred.source.clone(),
    }
}

fn cap(cap: &Setting<Fen>, amount_fen: Fen) -> Ruling {
    Ruling {
        clause: Clause::Cap,
        verdict: verdict(cap.value.map(|cap| amount_fen > cap)),
        limit: cap.value.map(|cap| cap.to_string()).unwrap_or_default(),
        found: amount_fen.to_string(),
        source: cap.source.clone(),
    }
}
