//! Lists that people keep under a name, and households as their pages tell them.

use bangfu_domain::officer::Role;
use bangfu_sheets::Kind;
use bangfu_store::{Area, loan};
use bangfu_usecase::account::Hashing;
use bangfu_usecase::error::Refusal;
use bangfu_usecase::saved_list::{self, LISTS_MAX, ListFault, SHARED_MAX};
use bangfu_usecase::{Error, account, household};
use jiff::civil::date;

use crate::accounts::{made, new};
use crate::slips::{ledger, sound};
use crate::stage::Stage;
use crate::story;

async fn names(stage: &Stage, account_id: i64) -> (Vec<(String, String)>, Vec<(String, String)>) {
    let mut tx = stage.db.read().await.unwrap();
    let (own, others) = saved_list::lists(&mut tx, &stage.ctx(), account_id).await.unwrap();
    let own = own.into_iter().map(|list| (list.name, list.words)).collect();
    (own, others.into_iter().map(|(list, owner)| (list.name, owner)).collect())
}

async fn a_list_is_kept_shared_told_anew_and_forgotten(stage: &Stage) {
    let (db, ctx, hashing) = (&stage.db, stage.ctx(), Hashing::default());
    let office = new("office", Role::Administrator, Area::County);
    account::create(db, &ctx, &hashing, &office).await.unwrap();
    let zhao = made(stage, &hashing, "zhao").await.account_id;
    let qian = made(stage, &hashing, "qian").await.account_id;
    saved_list::save(db, &ctx, zhao, " 本周到期 ", "within=7", false).await.unwrap();
    saved_list::save(db, &ctx, zhao, "红色", "state=red", true).await.unwrap();
    let pair = |name: &str, other: &str| (name.to_owned(), other.to_owned());
    assert_eq!(
        names(stage, zhao).await,
        (vec![pair("本周到期", "within=7"), pair("红色", "state=red")], Vec::new())
    );
    assert_eq!(names(stage, qian).await, (Vec::new(), vec![pair("红色", "赵敏")]));
    // The same name is the same list.
    saved_list::save(db, &ctx, zhao, "红色", "state=overdue", false).await.unwrap();
    assert_eq!(names(stage, zhao).await.0[1], pair("红色", "state=overdue"));
    assert_eq!(names(stage, qian).await.1, Vec::new(), "shared no longer");
    for name in ["", "　", "a\nb", &"长".repeat(31)] {
        let refused = saved_list::save(db, &ctx, zhao, name, "", false).await;
        assert!(
            matches!(refused, Err(Error::Refused(Refusal::SavedList(ListFault::Name { .. })))),
            "{name:?}"
        );
    }
    let id = {
        let mut tx = stage.db.read().await.unwrap();
        saved_list::lists(&mut tx, &ctx, zhao).await.unwrap().0[0].saved_list_id
    };
    let foreign = saved_list::forget(db, &ctx, qian, id).await;
    assert!(matches!(foreign, Err(Error::Refused(Refusal::NotFound))), "only one's own");
    saved_list::forget(db, &ctx, zhao, id).await.unwrap();
    assert_eq!(names(stage, zhao).await.0.len(), 1);
    for number in 1..LISTS_MAX {
        saved_list::save(db, &ctx, zhao, &format!("列表{number}"), "", false).await.unwrap();
    }
    let full = saved_list::save(db, &ctx, zhao, "还有一个", "", false).await;
    assert!(matches!(full, Err(Error::Refused(Refusal::SavedList(ListFault::Full { .. })))));
    // What somebody shared goes with their account.
    saved_list::save(db, &ctx, zhao, "红色", "state=red", true).await.unwrap();
    assert_eq!(names(stage, qian).await.1.len(), 1);
    account::set_disabled(db, &ctx, zhao, true).await.unwrap();
    assert_eq!(names(stage, qian).await.1, Vec::new());
}
story!(a_list_is_kept_shared_told_anew_and_forgotten);

async fn as_many_lists_are_shared_as_everybody_is_shown(stage: &Stage) {
    let (db, ctx, hashing) = (&stage.db, stage.ctx(), Hashing::default());
    let zhao = made(stage, &hashing, "zhao").await.account_id;
    let qian = made(stage, &hashing, "qian").await.account_id;
    let sun = made(stage, &hashing, "sun").await.account_id;
    for number in 0..SHARED_MAX {
        let who = if number % 2 == 0 { zhao } else { qian };
        saved_list::save(db, &ctx, who, &format!("列表{number}"), "", true).await.unwrap();
    }
    let full = saved_list::save(db, &ctx, qian, "还有一个", "", true).await;
    let wanted = Refusal::SavedList(ListFault::SharedFull { most: SHARED_MAX });
    assert!(matches!(full, Err(Error::Refused(refusal)) if refusal == wanted));
    let seen = names(stage, sun).await.1;
    assert_eq!((seen.len(), seen[0].0.as_str()), (SHARED_MAX, "列表29"), "the newest first");
    // One's own is told anew, kept without being shared, or shared in the place of another.
    saved_list::save(db, &ctx, qian, "列表1", "state=red", true).await.unwrap();
    saved_list::save(db, &ctx, qian, "还有一个", "", false).await.unwrap();
    saved_list::save(db, &ctx, qian, "列表1", "state=red", false).await.unwrap();
    saved_list::save(db, &ctx, qian, "还有一个", "", true).await.unwrap();
}
story!(as_many_lists_are_shared_as_everybody_is_shown);

async fn a_household_tells_its_members_and_who_stands_by_it(stage: &Stage) {
    let text = String::from_utf8(ledger(&[sound(1), sound(2)])).unwrap();
    let managed = text
        .replace(",已还本金（元）", ",已还本金（元）,信贷管户员")
        .replace("2019-05-20,0", "2019-05-20,0,管甲");
    stage.read_in(Kind::Ledger, managed.as_bytes()).await;
    let day = date(2019, 4, 30);
    let mut tx = stage.db.read().await.unwrap();
    let all = loan::Filter { shown: loan::Shown::All, ..loan::Filter::default() };
    let page =
        loan::list(&mut tx, &stage.ctx().scope, day, &all, loan::Order::Number, None, 1).await.unwrap();
    let loan = &page.rows[0];
    let id = loan.household_id.unwrap();
    let sheet = household::sheet(&stage.db, &mut tx, &stage.ctx(), id, day).await.unwrap();
    assert_eq!(sheet.household.household_id, id);
    let head = sheet.head().unwrap();
    assert_eq!(head.person.name, sheet.household.head_name);
    assert!(head.identity_masked.as_ref().is_some_and(|number| number.contains("********")));
    assert_eq!(head.phone_masked, None, "no file told of one");
    let manager = sheet.ties.iter().find(|(tie, _)| tie.role == Role::CreditManager).unwrap();
    assert_eq!(Some(manager.0.officer_id), loan.manager_id);
    assert!(!manager.1.is_empty());
    let nobody = household::sheet(&stage.db, &mut tx, &stage.ctx(), i64::MAX, day).await;
    assert!(matches!(nobody, Err(Error::Refused(Refusal::NotFound))));
}
story!(a_household_tells_its_members_and_who_stands_by_it);
