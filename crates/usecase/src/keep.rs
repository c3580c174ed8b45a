//! What keeping officers, institutions with their branches, and service points has in common: what a change is held
//! against, and why it cannot be made so.

use bangfu_store::county::Stamp;
use bangfu_store::{Tx, audit};
use jiff::civil::Date;

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::reason::sound_reason;

pub use crate::division::change::{Change, NAME_MAX};

/// Why not. Doors put it into words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeepFault {
    /// Nobody said why.
    NoReason,
    /// Somebody else changed it meanwhile.
    MovedOn,
    /// It stands so already.
    Unchanged,
    /// No name, or too long a one.
    Name {
        /// The most characters.
        max: usize,
    },
    /// Another one bears the name, or bore it: files that name it would mean either.
    NameTaken {
        /// The name of the other as it is now.
        name: String,
    },
    /// The day has not come.
    DayAhead {
        /// The day.
        day: Date,
    },
    /// Something later than that day is known already.
    NotThen {
        /// The first day on which it can be.
        first: Date,
    },
    /// It would end before it begins.
    EndsFirst,
    /// An officer does nothing.
    NoRole,
    /// What was typed is no phone number.
    Phone,
    /// The place is not on the list.
    NoPlace,
    /// Whoever is to leave still has work.
    StillHolds {
        /// Households tied to them.
        households: usize,
        /// Loans that they manage and that owe something.
        loans: usize,
    },
    /// Nobody is named who takes over, or somebody who has left, or the officer themselves.
    NoHeir,
    /// Whoever is to take over is none of those.
    LacksRole {
        /// Their name.
        name: String,
    },
    /// There is nothing to hand over.
    Nothing,
    /// The name is one of another institution.
    OtherLender {
        /// The institution.
        name: String,
    },
    /// The branch has been merged already, or the other one has; or both are one.
    Merged,
    /// The branch has reported less far than the one that is to take over: nobody who paid may be called overdue.
    Behind {
        /// Up to which day the other has reported.
        day: Date,
    },
}

impl From<KeepFault> for Refusal {
    fn from(fault: KeepFault) -> Refusal {
        Refusal::Keep(fault)
    }
}

impl From<KeepFault> for Error {
    fn from(fault: KeepFault) -> Error {
        Refusal::Keep(fault).into()
    }
}

impl KeepFault {
    /// The key of its text.
    pub const fn key(&self) -> &'static str {
        match self {
            KeepFault::NoReason => "keep-no-reason",
            KeepFault::MovedOn => "keep-moved-on",
            KeepFault::Unchanged => "keep-unchanged",
            KeepFault::Name { .. } => "keep-name",
            KeepFault::NameTaken { .. } => "keep-name-taken",
            KeepFault::DayAhead { .. } => "keep-day-ahead",
            KeepFault::NotThen { .. } => "keep-not-then",
            KeepFault::EndsFirst => "keep-ends-first",
            KeepFault::NoRole => "keep-no-role",
            KeepFault::Phone => "keep-phone",
            KeepFault::NoPlace => "keep-no-place",
            KeepFault::StillHolds { .. } => "keep-still-holds",
            KeepFault::NoHeir => "keep-no-heir",
            KeepFault::LacksRole { .. } => "keep-lacks-role",
            KeepFault::Nothing => "keep-nothing",
            KeepFault::OtherLender { .. } => "keep-other-lender",
            KeepFault::Merged => "keep-merged",
            KeepFault::Behind { .. } => "keep-behind",
        }
    }

    /// The parameters of its text.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            KeepFault::Name { max } => vec![("max", max.to_string())],
            KeepFault::NameTaken { name }
            | KeepFault::LacksRole { name }
            | KeepFault::OtherLender { name } => vec![("name", name.clone())],
            KeepFault::DayAhead { day } | KeepFault::NotThen { first: day } | KeepFault::Behind { day } => {
                vec![("day", day.to_string())]
            }
            KeepFault::StillHolds { households, loans } => {
                vec![("households", households.to_string()), ("loans", loans.to_string())]
            }
            KeepFault::NoReason
            | KeepFault::MovedOn
            | KeepFault::Unchanged
            | KeepFault::EndsFirst
            | KeepFault::NoRole
            | KeepFault::Phone
            | KeepFault::NoPlace
            | KeepFault::NoHeir
            | KeepFault::Nothing
            | KeepFault::Merged => Vec::new(),
        }
    }
}

/// The county whose book is kept: only whoever sees all of it keeps it.
pub(crate) fn whole(ctx: &Ctx) -> Result<i64, Refusal> {
    ctx.scope.whole().ok_or(Refusal::NotFound)
}

/// A name without blanks around it.
pub(crate) fn sound_name(name: &str) -> Result<String, KeepFault> {
    let name = name.trim();
    let sound = !name.is_empty() && name.chars().count() <= NAME_MAX && !name.contains(char::is_control);
    if sound { Ok(name.to_owned()) } else { Err(KeepFault::Name { max: NAME_MAX }) }
}

/// The reason of a change that can hold: loans and people are where they are, so that no change lies ahead.
pub(crate) fn sound_change(ctx: &Ctx, change: &Change) -> Result<String, Refusal> {
    let reason = sound_reason(&change.reason, KeepFault::NoReason.into())?;
    if change.from > ctx.today {
        return Err(KeepFault::DayAhead { day: change.from }.into());
    }
    Ok(reason)
}

/// Refuses a change of what is no longer as it was seen.
pub(crate) fn refuse_unless_seen(seen: &str, now: &str) -> Result<(), KeepFault> {
    if seen == now { Ok(()) } else { Err(KeepFault::MovedOn) }
}

/// Records a change with its reason, and notes in the order of changes what it touched.
pub(crate) async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: Stamp,
    (action, reason): (&'static str, &str),
    (noun, id): (&'static str, i64),
    facts: &serde_json::Value,
) -> Result<(), Error> {
    let mut entry = ctx.entry(action, id.to_string(), facts);
    entry.reason = Some(reason.to_owned());
    audit::add(tx, ctx.county_id(), stamp, &entry).await?;
    Ok(audit::note_changes(tx, ctx.county_id(), stamp, noun, &[id]).await?)
}
