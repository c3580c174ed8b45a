//! What is amended, and how far that has come.

use bangfu_domain::calendar::{ListFault, ListFaultKind, YearDays, read_list};

use super::{AmendmentFault, TEXT_MAX};
use crate::reason::REASON_CHARACTERS_MAX;
use crate::rulebook::Part;

/// What is amended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The pack of a file.
    Pack(String),
    /// The rest days of a year.
    Year(i16),
}

impl Subject {
    /// The kind of thing, as it is stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Subject::Pack(_) => PACK,
            Subject::Year(_) => CALENDAR,
        }
    }

    /// Which one of its kind.
    pub fn name(&self) -> String {
        match self {
            Subject::Pack(file) => file.clone(),
            Subject::Year(year) => year.to_string(),
        }
    }

    pub(super) fn of(kind: &str, name: &str) -> Option<Subject> {
        match kind {
            PACK => Some(Subject::Pack(name.to_owned())),
            CALENDAR => name.parse().ok().map(Subject::Year),
            _ => None,
        }
    }

    pub(super) fn part(&self) -> Part<'_> {
        match self {
            Subject::Pack(file) => Part::Pack(file),
            Subject::Year(year) => Part::Year(*year),
        }
    }
}

/// Packs as they are stored.
pub(super) const PACK: &str = "pack";
/// Rest days as they are stored.
pub(super) const CALENDAR: &str = "calendar";

/// The days of a year as they were pasted, and the notice that sets them, as the text of an amendment.
pub fn year_text(year: i16, source: &str, list: &str) -> Result<(YearDays, String), AmendmentFault> {
    if !(2000..2200).contains(&year) {
        return Err(AmendmentFault::Year);
    }
    let source = source.trim();
    if source.is_empty() {
        return Err(AmendmentFault::NoSource);
    }
    if list.len() > TEXT_MAX || source.chars().count() > REASON_CHARACTERS_MAX {
        return Err(AmendmentFault::TooLong { max: TEXT_MAX });
    }
    if list.trim().is_empty() {
        return Err(AmendmentFault::List(vec![ListFault { line: 1, kind: ListFaultKind::Empty }]));
    }
    let days = read_list(year, list).map_err(AmendmentFault::List)?;
    let days = YearDays { source: source.to_owned(), ..days };
    let text = days.to_toml(year);
    Ok((days, text))
}
