//! Who may do what where: the rights of each role, and the areas in which it can be held. The one place that says so.
//!
//! A door asks for a right before it does anything; what somebody has no right to is not there for them. What of the book
//! they see is their area's part of it: every read takes that area as its scope.

#[cfg(test)]
mod tests;

use bangfu_domain::officer::Role;
use bangfu_domain::policy::Recipient;
use bangfu_domain::token::TokenScope;
use bangfu_store::account::Post;
use bangfu_store::{Area, Scope};

/// Something that a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Look at boards, lists, loans and households, and take them along as files.
    SeeBook,
    /// Be shown a number whole, one at a time and for a reason.
    Unmask,
    /// Look at which numbers were shown whole, to whom and why.
    SeeUnmaskings,
    /// Ask for access to one household outside the own area, and use what was granted.
    AskAccess,
    /// Grant, refuse and end such access to what lies in the own area.
    OverseeAccess,
    /// Record what was done about a loan.
    RecordContact,
    /// Name a credit manager for loans that nobody looks after.
    NameManagers,
    /// Propose how a loan is to be handled, and take one's own proposal back.
    ProposeHandling,
    /// Check what somebody else proposed, where the pack gives that to one's role.
    CheckHandling,
    /// Record what the bank answered.
    AnswerHandling,
    /// Look at what was sent to whom, and at the leader's list of the week.
    SeeMessages,
    /// Send again, and keep where and in which words offices and borrowers are told.
    KeepMessages,
    /// Make papers of the own area, and open them again by their codes.
    MakePapers,
    /// Tell the texts of papers anew.
    EditPapers,
    /// Look at what bank and book disagree on.
    SeeDifferences,
    /// Say how such a difference was settled, or whose it is.
    SettleDifferences,
    /// Look at the officers and what each looks after.
    SeeOfficers,
    /// Look at places and service points.
    SeePlaces,
    /// Look at the files that were read in.
    SeeFiles,
    /// Read files in, take them over, and take them back.
    TakeFiles,
    /// Name, tell anew and forget layouts of files.
    KeepLayouts,
    /// Close the demo's next day.
    MoveDemo,
    /// Make accounts, give and take posts, reset passwords.
    ManageAccounts,
    /// Add, rename and end places, open and close service points.
    KeepPlaces,
    /// Add and correct officers, and hand over what they look after.
    KeepOfficers,
    /// Add, rename and merge institutions' branches.
    KeepBanks,
    /// Look at how the system fares.
    SeeSystem,
    /// Look at packs and rest days, and at what is proposed for them.
    SeeRules,
    /// Propose a version of a pack or of a year's rest days, and take one's own proposal back.
    ProposeRules,
    /// Approve or reject what somebody else proposed.
    DecideRules,
    /// Look at lists of rewards.
    SeeRewards,
    /// Make a list of rewards, show it in public, and record what is objected to it.
    ProposeReward,
    /// Check and approve what somebody else made, and decide on what is objected to it.
    CheckReward,
    /// Record what was paid.
    PayReward,
    /// Propose that somebody's numbers are erased, and take one's own proposal back.
    ProposeErasure,
    /// Look at such proposals, and approve or reject what somebody else proposed.
    DecideErasure,
}

impl Right {
    /// Every right.
    pub const ALL: [Right; 36] = [
        Right::SeeBook,
        Right::Unmask,
        Right::SeeUnmaskings,
        Right::AskAccess,
        Right::OverseeAccess,
        Right::RecordContact,
        Right::NameManagers,
        Right::ProposeHandling,
        Right::CheckHandling,
        Right::AnswerHandling,
        Right::SeeMessages,
        Right::KeepMessages,
        Right::MakePapers,
        Right::EditPapers,
        Right::SeeDifferences,
        Right::SettleDifferences,
        Right::SeeOfficers,
        Right::SeePlaces,
        Right::SeeFiles,
        Right::TakeFiles,
        Right::KeepLayouts,
        Right::MoveDemo,
        Right::ManageAccounts,
        Right::KeepPlaces,
        Right::KeepOfficers,
        Right::KeepBanks,
        Right::SeeSystem,
        Right::SeeRules,
        Right::ProposeRules,
        Right::DecideRules,
        Right::SeeRewards,
        Right::ProposeReward,
        Right::CheckReward,
        Right::PayReward,
        Right::ProposeErasure,
        Right::DecideErasure,
    ];

    /// Whether it can be used only by whoever sees the whole county: files and layouts are the county's, and so are
    /// what bank and book disagree on and the record of its accounts.
    const fn is_countys(self) -> bool {
        matches!(
            self,
            Right::SettleDifferences
                | Right::SeeMessages
                | Right::KeepMessages
                | Right::EditPapers
                | Right::SeeFiles
                | Right::TakeFiles
                | Right::KeepLayouts
                | Right::MoveDemo
                | Right::ManageAccounts
                | Right::KeepPlaces
                | Right::KeepOfficers
                | Right::KeepBanks
                | Right::SeeSystem
                | Right::SeeRules
                | Right::ProposeRules
                | Right::DecideRules
                | Right::SeeRewards
                | Right::ProposeReward
                | Right::CheckReward
                | Right::PayReward
                | Right::ProposeErasure
                | Right::DecideErasure
        )
    }
}

/// The kind of an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AreaKind {
    /// The whole county.
    County,
    /// A township or a village.
    Division,
    /// A bank branch.
    Branch,
    /// The households tied to an officer.
    Officer,
    /// One household, by a grant.
    Household,
}

impl AreaKind {
    /// The kind of an area.
    pub const fn of(area: Area) -> AreaKind {
        match area {
            Area::County => AreaKind::County,
            Area::Division(_) => AreaKind::Division,
            Area::Branch(_) => AreaKind::Branch,
            Area::Officer(_) => AreaKind::Officer,
            Area::Household(_) => AreaKind::Household,
        }
    }
}

/// Whoever reads all, and may be the second pair of eyes where others propose.
const READER: &[Right] = &[
    Right::SeeBook,
    Right::MakePapers,
    Right::AskAccess,
    Right::SeeMessages,
    Right::SeeDifferences,
    Right::SeeOfficers,
    Right::SeePlaces,
    Right::SeeFiles,
    Right::SeeSystem,
    Right::SeeRules,
    Right::DecideRules,
    Right::SeeRewards,
    Right::DecideErasure,
];

/// Whoever answers for what others look at.
const OVERSEER: &[Right] = &[Right::Unmask, Right::SeeUnmaskings, Right::OverseeAccess];

/// Whoever sees a loan's handling through, from the proposal to the bank's answer.
const HANDLER: &[Right] = &[Right::ProposeHandling, Right::CheckHandling, Right::AnswerHandling];

/// What a role may do, wherever it is held.
const fn rights(role: Role) -> &'static [&'static [Right]] {
    match role {
        Role::CentreClerk => &[
            READER,
            OVERSEER,
            HANDLER,
            &[
                Right::RecordContact,
                Right::NameManagers,
                Right::KeepMessages,
                Right::EditPapers,
                Right::SettleDifferences,
                Right::TakeFiles,
                Right::KeepLayouts,
                Right::MoveDemo,
                Right::KeepPlaces,
                Right::KeepOfficers,
                Right::KeepBanks,
                Right::ProposeRules,
                Right::ProposeReward,
                Right::CheckReward,
                Right::PayReward,
                Right::ProposeErasure,
            ],
        ],
        Role::Supervisor => &[READER, OVERSEER],
        Role::Leader => &[READER],
        Role::StationClerk => &[&[
            Right::SeeBook,
            Right::Unmask,
            Right::AskAccess,
            Right::RecordContact,
            Right::ProposeHandling,
            Right::MakePapers,
            Right::SeeOfficers,
            Right::SeePlaces,
        ]],
        Role::BankClerk => &[
            HANDLER,
            &[
                Right::SeeBook,
                Right::Unmask,
                Right::AskAccess,
                Right::RecordContact,
                Right::NameManagers,
                Right::MakePapers,
                Right::SeeDifferences,
                Right::SeeOfficers,
            ],
        ],
        Role::CreditManager => &[&[
            Right::SeeBook,
            Right::Unmask,
            Right::AskAccess,
            Right::RecordContact,
            Right::ProposeHandling,
            Right::MakePapers,
        ]],
        Role::PairedCadre | Role::FirstSecretary => {
            &[&[Right::SeeBook, Right::AskAccess, Right::RecordContact]]
        }
        Role::IndustryGuide | Role::TechnologyOfficer => &[&[Right::SeeBook, Right::AskAccess]],
        Role::Administrator => &[&[Right::ManageAccounts, Right::SeeSystem]],
    }
}

/// The kinds of area in which a role can be held.
pub const fn kinds(role: Role) -> &'static [AreaKind] {
    match role {
        Role::CentreClerk | Role::Supervisor | Role::Leader => &[AreaKind::County, AreaKind::Division],
        Role::StationClerk => &[AreaKind::Division],
        Role::BankClerk => &[AreaKind::Branch],
        Role::CreditManager
        | Role::IndustryGuide
        | Role::TechnologyOfficer
        | Role::PairedCadre
        | Role::FirstSecretary => &[AreaKind::Officer],
        Role::Administrator => &[AreaKind::County],
    }
}

/// Whether somebody at a post may do something.
pub fn may(post: &Post, right: Right) -> bool {
    let has = rights(post.role).iter().any(|some| some.contains(&right));
    has && (!right.is_countys() || post.area == Area::County)
}

/// The right without which a scope of a token opens nothing: a program may no more than a person at its post.
pub const fn right_of(scope: TokenScope) -> Right {
    match scope {
        TokenScope::DivisionsRead => Right::SeePlaces,
        TokenScope::HouseholdsRead
        | TokenScope::LoansRead
        | TokenScope::BoardsRead
        | TokenScope::ClosesRead
        | TokenScope::TasksRead
        | TokenScope::NoticesRead => Right::SeeBook,
        TokenScope::ContactsWrite => Right::RecordContact,
        TokenScope::ImportsRead => Right::SeeFiles,
        TokenScope::ImportsWrite => Right::TakeFiles,
        TokenScope::DifferencesRead => Right::SeeDifferences,
        TokenScope::DifferencesWrite => Right::SettleDifferences,
    }
}

/// The office whose notices somebody at a post is told: which kind, and the place, of which `county` is the county's own. `None`
/// for who is told of tasks alone, and for the leader, who gets lists and no messages.
pub const fn office(post: &Post, county: i64) -> Option<(Recipient, i64)> {
    match (post.role, post.area) {
        (Role::CentreClerk, Area::County) => Some((Recipient::County, county)),
        (Role::CentreClerk, Area::Division(place)) => Some((Recipient::Township, place)),
        (Role::Supervisor, Area::County) => Some((Recipient::Supervisor, county)),
        (Role::StationClerk, Area::Division(place)) => Some((Recipient::Station, place)),
        (Role::BankClerk, Area::Branch(branch)) => Some((Recipient::Branch, branch)),
        _ => None,
    }
}

/// What somebody at a post sees of the county's book.
pub fn scope(county_id: i64, post: &Post) -> Scope {
    Scope { county_id, area: post.area }
}

/// What somebody sees who is not signed in: nothing. No officer has this number, so nothing is tied to them.
pub const fn nothing(county_id: i64) -> Scope {
    Scope { county_id, area: Area::Officer(0) }
}
