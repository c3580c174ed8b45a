//! What a refusal is called, and what its text says of it.

use bangfu_domain::policy::Packs;

use super::Refusal;

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
            Refusal::Handling(fault) => fault.key(),
            Refusal::Paper(fault) => fault.key(),
            Refusal::Reward(fault) => fault.key(),
            Refusal::Message(fault) => fault.key(),
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
            Refusal::Handling(fault) => fault.args(),
            Refusal::Paper(fault) => fault.args(),
            Refusal::Reward(fault) => fault.args(),
            Refusal::Message(fault) => fault.args(),
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
