//! What can end a use case other than its purpose.

use bangfu_domain::policy::Packs;
use jiff::civil::Date;
use thiserror::Error;

use crate::account::AccountFault;
use crate::amendment::AmendmentFault;
use crate::division::PlaceFault;
use crate::erase::EraseFault;
use crate::import::Ground;
use crate::keep::KeepFault;
use crate::proposal::ProposalFault;
use crate::saved_list::ListFault;
use crate::task::ContactFault;
use crate::token::TokenFault;

/// A use case's failure: a refusal that its door explains, or a failure of the store.
#[derive(Debug, Error)]
pub enum Error {
    /// The person or the file asked for something that cannot be.
    #[error("{0:?}")]
    Refused(Refusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] bangfu_store::Error),
    /// The packs are at fault.
    #[error("{0}")]
    Packs(String),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        Error::Refused(refusal)
    }
}

/// Why something cannot be done. Doors render it in the user's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No time zone of the IANA's list has that name.
    UnknownTimeZone {
        /// The name.
        name: String,
    },
    /// No county with this code stands in the division list.
    UnknownCounty {
        /// As given.
        code: String,
    },
    /// No pack with this name.
    UnknownPack {
        /// As given.
        id: String,
        /// Those that are there.
        known: Vec<String>,
    },
    /// The pack that was fixed for all contracts when the book was made is not among those in force.
    PackGone {
        /// Its name.
        id: String,
        /// Those that are there.
        known: Vec<String>,
    },
    /// The database keeps several counties, and none was named.
    WhichCounty {
        /// Their codes.
        codes: Vec<String>,
    },
    /// The division list cannot be used.
    DivisionList {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong, as the key of a text.
        fault: &'static str,
        /// The value.
        value: String,
    },
    /// A ledger gives no day for its position, and none was given.
    NoPositionDay,
    /// Tables of one ledger give several days for its position, and none was given.
    SeveralPositionDays {
        /// The sheets and the days that they give.
        days: Vec<(String, Date)>,
    },
    /// A position or a data-until day that has not come.
    DayAhead {
        /// The day.
        day: Date,
    },
    /// A day that has not come was to be closed: its figures would stay as published.
    CloseAhead {
        /// The day.
        day: Date,
    },
    /// Whole identity numbers were asked for without a word on what for.
    NoReason,
    /// A number was to be shown whole without a choice of what for.
    NoWhy,
    /// As many numbers were shown to a person as the county lets one be shown on a day.
    UnmaskedEnough {
        /// How many.
        max: u32,
    },
    /// Access outside the own area was asked for without a reason.
    GrantReason,
    /// Access for no time, or for longer than it may be asked for.
    HoursBeyond {
        /// The most hours.
        max: u32,
    },
    /// Access was asked for to what lies in the asker's own area.
    GrantNotNeeded,
    /// Somebody was to decide on what they asked for themselves.
    OwnGrant,
    /// What was asked for is no longer waiting, or no longer open.
    GrantMovedOn,
    /// Access that is not open: it waits, was refused, or is over.
    GrantOver,
    /// What was asked for is not there, or not in the asker's area.
    NotFound,
    /// Something about an account cannot be done.
    Account(AccountFault),
    /// Something about a token cannot be done.
    Token(TokenFault),
    /// What was to be changed is no longer as the asker saw it.
    SeenOtherwise,
    /// A county's own version of its rules cannot be proposed or decided on so.
    Amendment(AmendmentFault),
    /// A proposal cannot be made or decided on so.
    Proposal(ProposalFault),
    /// A contact cannot be recorded so.
    Contact(ContactFault),
    /// Numbers cannot be erased so.
    Erase(EraseFault),
    /// A place cannot be changed so.
    Place(PlaceFault),
    /// An officer, an institution, a branch or a service point cannot be kept so.
    Keep(KeepFault),
    /// The import was taken over already.
    AlreadyTaken,
    /// Somebody else corrected the staged file a moment ago: what is known of it holds no more.
    CorrectedMeanwhile,
    /// A text is too long for a cell.
    MendingTooLong {
        /// The row as the spreadsheet counts.
        row: u32,
        /// The column's header.
        column: String,
        /// The most characters.
        max: usize,
    },
    /// The import does not stand in the book: there is nothing to take back.
    NotTaken,
    /// The import was taken back already.
    AlreadyUndone,
    /// A file is being taken over: until that is done, none is taken back.
    Taking,
    /// An import is being taken back: until that is done, no file is taken over.
    Undoing,
    /// Something was built on the import that was to be taken back.
    BuiltOn {
        /// What, by kind.
        grounds: Vec<Ground>,
    },
    /// The file has bad rows, and it was to be taken whole or not at all.
    BadRows {
        /// How many.
        bad: usize,
    },
    /// The file's header cannot be found or lacks required columns.
    Header(bangfu_sheets::header::HeaderFault),
    /// No layout of that name is known for the kind of file.
    UnknownLayout {
        /// As given.
        name: String,
        /// Those that are there.
        known: Vec<String>,
    },
    /// Nothing was chosen of what could be.
    NothingChosen,
    /// A list of loans cannot be kept or shared so.
    SavedList(ListFault),
    /// A layout needs a name, and not too long a one.
    LayoutName {
        /// The most characters.
        most: usize,
    },
    /// Another layout of the kind bears the name.
    LayoutNameTaken {
        /// The name.
        name: String,
    },
    /// The instant of knowledge lies ahead.
    KnownAhead,
    /// A difference was to be closed without a word on what was found out.
    NoResolution,
    /// A difference was to be closed without a choice of how it was settled.
    NoWay,
    /// A reason is longer than is kept.
    ReasonTooLong {
        /// The most characters.
        max: usize,
    },
    /// A reason holds an identity number: reasons are kept in the open.
    IdentityInReason,
    /// A difference is no longer where it was: somebody else, or a file, was faster.
    DifferenceMovedOn,
    /// A difference was to be given to a branch, and none is known or chosen.
    NoBranch,
    /// A day for an answer that has passed.
    DayPast {
        /// The day.
        day: Date,
    },
    /// A file is no backup.
    BackupNone,
    /// A backup was written by a newer program.
    BackupNewer {
        /// Its version.
        program: String,
    },
    /// A backup was cut short.
    BackupCut,
    /// A backup is not as it was written.
    BackupDamaged {
        /// The table in which it was noticed; empty where it was in none.
        table: String,
    },
    /// A backup's tables are not those that its version of the schema has here.
    BackupShape {
        /// The first table that differs.
        table: String,
        /// The version of the program that wrote it.
        program: String,
    },
    /// What was written from a backup is not what stands in it.
    RestoreDiffers {
        /// The first table that differs.
        table: String,
    },
    /// A term of no working day, or of too many.
    TermBeyond {
        /// The most working days.
        max: u32,
    },
}

impl Refusal {
    /// A fixed pack is missing.
    pub(crate) fn pack_gone(id: &str, packs: &Packs) -> Refusal {
        let known = packs.all().iter().map(|pack| pack.id.clone()).collect();
        Refusal::PackGone { id: id.to_owned(), known }
    }

    /// The key of its text.
    pub const fn key(&self) -> &'static str {
        match self {
            Refusal::UnknownTimeZone { .. } => "unknown-time-zone",
            Refusal::UnknownCounty { .. } => "unknown-county",
            Refusal::UnknownPack { .. } => "unknown-pack",
            Refusal::PackGone { .. } => "pack-gone",
            Refusal::WhichCounty { .. } => "which-county",
            Refusal::DivisionList { .. } => "division-list",
            Refusal::DayAhead { .. } => "day-ahead",
            Refusal::CloseAhead { .. } => "close-ahead",
            Refusal::NoReason => "no-reason",
            Refusal::NoWhy => "no-why",
            Refusal::GrantReason => "grant-reason",
            Refusal::HoursBeyond { .. } => "hours-beyond",
            Refusal::GrantNotNeeded => "grant-not-needed",
            Refusal::OwnGrant => "own-grant",
            Refusal::GrantMovedOn => "grant-moved-on",
            Refusal::GrantOver => "grant-over",
            Refusal::UnmaskedEnough { .. } => "unmasked-enough",
            Refusal::NoPositionDay => "no-position-day",
            Refusal::SeveralPositionDays { .. } => "several-position-days",
            Refusal::NotFound => "not-found",
            Refusal::Account(fault) => fault.key(),
            Refusal::Token(fault) => fault.key(),
            Refusal::SeenOtherwise => "seen-otherwise",
            Refusal::Amendment(fault) => fault.key(),
            Refusal::Proposal(fault) => fault.key(),
            Refusal::Erase(fault) => fault.key(),
            Refusal::Contact(fault) => fault.key(),
            Refusal::Place(fault) => fault.key(),
            Refusal::Keep(fault) => fault.key(),
            Refusal::AlreadyTaken => "already-taken",
            Refusal::CorrectedMeanwhile => "corrected-meanwhile",
            Refusal::MendingTooLong { .. } => "mending-too-long",
            Refusal::NotTaken => "not-taken",
            Refusal::AlreadyUndone => "already-undone",
            Refusal::Taking => "taking",
            Refusal::Undoing => "undoing",
            Refusal::BuiltOn { .. } => "built-on",
            Refusal::BadRows { .. } => "bad-rows",
            Refusal::Header(_) => "header",
            Refusal::UnknownLayout { .. } => "unknown-layout",
            Refusal::NothingChosen => "nothing-chosen",
            Refusal::SavedList(fault) => fault.key(),
            Refusal::LayoutName { .. } => "layout-name",
            Refusal::LayoutNameTaken { .. } => "layout-name-taken",
            Refusal::KnownAhead => "known-ahead",
            Refusal::NoResolution => "no-resolution",
            Refusal::NoWay => "no-way",
            Refusal::ReasonTooLong { .. } => "reason-too-long",
            Refusal::IdentityInReason => "identity-in-reason",
            Refusal::DifferenceMovedOn => "difference-moved-on",
            Refusal::NoBranch => "no-branch",
            Refusal::DayPast { .. } => "day-past",
            Refusal::TermBeyond { .. } => "term-beyond",
            Refusal::BackupNone => "backup-none",
            Refusal::BackupNewer { .. } => "backup-newer",
            Refusal::BackupCut => "backup-cut",
            Refusal::BackupDamaged { .. } => "backup-damaged",
            Refusal::BackupShape { .. } => "backup-shape",
            Refusal::RestoreDiffers { .. } => "restore-differs",
        }
    }

    /// The parameters of its text.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Refusal::UnknownTimeZone { name } | Refusal::LayoutNameTaken { name } => {
                vec![("name", name.clone())]
            }
            Refusal::UnknownCounty { code } => vec![("code", code.clone())],
            Refusal::UnknownPack { id, known } | Refusal::PackGone { id, known } => {
                vec![("id", id.clone()), ("known", known.join(", "))]
            }
            Refusal::WhichCounty { codes } => vec![("codes", codes.join(", "))],
            Refusal::DivisionList { line, fault, value } => {
                vec![("line", line.to_string()), ("fault", (*fault).to_owned()), ("value", value.clone())]
            }
            Refusal::DayAhead { day } | Refusal::CloseAhead { day } | Refusal::DayPast { day } => {
                vec![("day", day.to_string())]
            }
            Refusal::SeveralPositionDays { days } => {
                let days = days.iter().map(|(sheet, day)| format!("{sheet} {day}").trim().to_owned());
                vec![("days", days.collect::<Vec<_>>().join(", "))]
            }
            Refusal::Account(fault) => fault.args(),
            Refusal::Token(fault) => fault.args(),
            Refusal::Amendment(fault) => fault.args(),
            Refusal::Place(fault) => fault.args(),
            Refusal::Keep(fault) => fault.args(),
            Refusal::Contact(fault) => fault.args(),
            Refusal::ReasonTooLong { max } => vec![("max", max.to_string())],
            Refusal::MendingTooLong { row, column, max } => {
                vec![("row", row.to_string()), ("column", column.clone()), ("max", max.to_string())]
            }
            Refusal::TermBeyond { max } | Refusal::UnmaskedEnough { max } | Refusal::HoursBeyond { max } => {
                vec![("max", max.to_string())]
            }
            Refusal::UnknownLayout { name, known } => {
                vec![("name", name.clone()), ("known", known.join("、")), ("count", known.len().to_string())]
            }
            Refusal::SavedList(fault) => fault.args(),
            Refusal::LayoutName { most } => vec![("most", most.to_string())],
            Refusal::BadRows { bad } => vec![("bad", bad.to_string())],
            Refusal::Header(fault) => fault.args(),
            Refusal::BackupNewer { program } => vec![("program", program.clone())],
            Refusal::BackupDamaged { table } | Refusal::RestoreDiffers { table } => {
                let place = if table.is_empty() { "gzip" } else { table };
                vec![("table", place.to_owned())]
            }
            Refusal::BackupShape { table, program } => {
                vec![("table", table.clone()), ("program", program.clone())]
            }
            Refusal::BackupNone
            | Refusal::BackupCut
            | Refusal::NoPositionDay
            | Refusal::NotFound
            | Refusal::SeenOtherwise
            | Refusal::AlreadyTaken
            | Refusal::CorrectedMeanwhile
            | Refusal::NotTaken
            | Refusal::AlreadyUndone
            | Refusal::Taking
            | Refusal::Undoing
            | Refusal::BuiltOn { .. }
            | Refusal::KnownAhead
            | Refusal::NoReason
            | Refusal::NoWhy
            | Refusal::Proposal(_)
            | Refusal::Erase(_)
            | Refusal::GrantReason
            | Refusal::GrantNotNeeded
            | Refusal::OwnGrant
            | Refusal::GrantMovedOn
            | Refusal::GrantOver
            | Refusal::NoResolution
            | Refusal::NoWay
            | Refusal::NothingChosen
            | Refusal::IdentityInReason
            | Refusal::DifferenceMovedOn
            | Refusal::NoBranch => Vec::new(),
        }
    }
}
