//! Who may do what, seen from the people.

use super::*;

#[test]
fn who_manages_people_sees_no_household_and_who_reads_changes_nothing() {
    let post = |role, area| Post { post_id: 1, role, area };
    let county = |role| post(role, Area::County);
    assert!(Right::ALL.iter().all(|right| {
        let own = matches!(right, Right::ManageAccounts | Right::SeeSystem);
        may(&county(Role::Administrator), *right) == own
    }));
    for reader in [Role::Supervisor, Role::Leader] {
        for right in [
            Right::RecordContact,
            Right::NameManagers,
            Right::ProposeHandling,
            Right::CheckHandling,
            Right::AnswerHandling,
            Right::KeepMessages,
            Right::EditPapers,
            Right::SettleDifferences,
            Right::TakeFiles,
            Right::KeepLayouts,
            Right::MoveDemo,
            Right::ProposeRules,
            Right::ProposeReward,
            Right::CheckReward,
            Right::PayReward,
            Right::ProposeErasure,
            Right::KeepPlaces,
            Right::KeepOfficers,
            Right::KeepBanks,
        ] {
            assert!(!may(&county(reader), right), "{reader:?} {right:?}");
        }
    }
    // A township's clerk and a branch look at what differs and answer for theirs; the county settles it.
    let township = post(Role::CentreClerk, Area::Division(7));
    for one in [township, post(Role::BankClerk, Area::Branch(7))] {
        assert!(may(&one, Right::SeeDifferences), "{one:?}");
        assert!(!may(&one, Right::SettleDifferences) && !may(&one, Right::SeeFiles), "{one:?}");
    }
    for right in [Right::TakeFiles, Right::SettleDifferences] {
        assert!(may(&county(Role::CentreClerk), right), "{right:?}");
    }
}

#[test]
fn a_token_opens_no_more_than_its_post() {
    let opens = |role, area, scope| may(&Post { post_id: 0, role, area }, right_of(scope));
    for scope in TokenScope::ALL {
        assert!(opens(Role::CentreClerk, Area::County, scope), "{scope:?}");
        assert!(!opens(Role::Administrator, Area::County, scope), "{scope:?}");
    }
    assert!(!opens(Role::CentreClerk, Area::Division(7), TokenScope::ImportsRead));
    assert!(!opens(Role::Leader, Area::County, TokenScope::DifferencesWrite));
    assert!(!opens(Role::BankClerk, Area::Branch(7), TokenScope::DifferencesWrite));
    assert!(!opens(Role::CentreClerk, Area::Division(7), TokenScope::DifferencesWrite));
    assert!(!opens(Role::CreditManager, Area::Officer(7), TokenScope::DivisionsRead));
}

#[test]
fn every_role_can_be_held_somewhere_and_do_something() {
    for role in Role::ALL {
        assert!(!kinds(role).is_empty() && !rights(role).is_empty(), "{role:?}");
    }
}
