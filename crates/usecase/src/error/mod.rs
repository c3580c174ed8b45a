//! What can end a use case other than its purpose.

mod key;

use jiff::civil::Date;
use thiserror::Error;

use crate::account::AccountFault;
use crate::amendment::AmendmentFault;
use crate::division::PlaceFault;
use crate::erase::EraseFault;
use crate::handling::HandlingFault;
use crate::import::Ground;
use crate::keep::KeepFault;
use crate::message::MessageFault;
use crate::paper::PaperFault;
use crate::proposal::ProposalFault;
use crate::reward::RewardFault;
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
    /// A loan cannot be handled so.
    Handling(HandlingFault),
    /// A message, an address, a slip or its text cannot be kept so.
    Message(MessageFault),
    /// A list of rewards cannot be handled so.
    Reward(RewardFault),
    /// A paper cannot be made so, or a receipt not recorded so.
    Paper(PaperFault),
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
