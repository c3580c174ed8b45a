//! Access outside the own area: one household, for a time, and it ends by itself.

use bangfu_domain::grant::GrantState;
use bangfu_sheets::Kind;
use bangfu_store::{Area, Scope, bank, loan};
use bangfu_usecase::error::Refusal;
use bangfu_usecase::grant::{self, Opened, Wish};
use bangfu_usecase::{Ctx, Error};
use jiff::SignedDuration;
use jiff::civil::date;

use crate::any_book::identity;
use crate::slips::{ledger, sound};
use crate::stage::Stage;
use crate::story;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn refused<T: std::fmt::Debug>(answer: Result<T, Error>) -> Refusal {
    match answer {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn wish(number: &str, hours_max: Option<u32>) -> Wish {
    Wish { account_id: 7, number: number.to_owned(), hours: 2, reason: "跨镇办理".to_owned(), hours_max }
}

async fn access_opens_one_household_and_ends_by_itself(stage: &Stage) {
    let other = sound(2).replace("农商银行某支行", "农商银行另支行");
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), other])).await;
    let db = &stage.db;
    let (branch, ids) = {
        let mut tx = db.read().await.unwrap();
        let branches = bank::branches(&mut tx, 431_022).await.unwrap();
        let loans = loan::all(&mut tx, 431_022).await.unwrap();
        let mine = branches.iter().find(|one| one.name.contains("另")).unwrap().branch_id;
        (mine, loans.iter().map(|loan| loan.loan_id).collect::<Vec<_>>())
    };
    let at = |ctx: Ctx, area| Ctx { scope: Scope { county_id: 431_022, area }, ..ctx };
    let clerk = at(stage.ctx(), Area::Branch(branch));

    let ask = async |wish: Wish| grant::ask(db, &clerk, &wish).await;
    assert_eq!(refused(ask(wish("A9", Some(4))).await), Refusal::NotFound);
    assert_eq!(refused(ask(wish("A", Some(4))).await), Refusal::NotFound, "nothing is found by a part");
    assert_eq!(refused(ask(wish("A2", Some(4))).await), Refusal::GrantNotNeeded);
    assert_eq!(refused(ask(wish("A1", Some(1))).await), Refusal::HoursBeyond { max: 1 });
    let silent = Wish { reason: String::new(), ..wish("A1", Some(4)) };
    assert_eq!(refused(ask(silent).await), Refusal::GrantReason);
    let open = ask(wish("A1", Some(4))).await.unwrap();
    assert_eq!(ask(wish(&identity(1), Some(4))).await.unwrap(), open, "the same household, the same grant");

    let through = async |ctx: &Ctx, account| grant::open(db, ctx, account, open, Opened::Loans).await;
    let (line, inside) = through(&clerk, 7).await.unwrap();
    assert_eq!((line.number.as_str(), line.borrower.as_str()), ("A1", "农户1"));
    assert_eq!(refused(through(&clerk, 8).await), Refusal::NotFound, "it is nobody else's");
    let day = date(2019, 6, 17);
    let mut tx = db.read().await.unwrap();
    assert!(loan::get(&mut tx, &inside.scope, ids[0], day).await.unwrap().is_some());
    assert!(loan::get(&mut tx, &inside.scope, ids[1], day).await.unwrap().is_none(), "this one household");
    assert!(loan::get(&mut tx, &clerk.scope, ids[0], day).await.unwrap().is_none(), "nothing else widens");
    drop(tx);

    // Two hours later it is over; whoever answers for the area saw it all the while.
    let later = |ctx: &Ctx, by: SignedDuration| Ctx { at: ctx.at.checked_add(by).unwrap(), ..ctx.clone() };
    through(&later(&clerk, HOUR), 7).await.unwrap();
    assert_eq!(
        refused(through(&later(&clerk, HOUR * 2 + SignedDuration::from_secs(1)), 7).await),
        Refusal::GrantOver
    );
    let mut tx = db.read().await.unwrap();
    let seen = grant::overseen(&mut tx, &stage.ctx()).await.unwrap();
    assert_eq!((seen.len(), seen[0].grant.pages, seen[0].grant.reason.as_str()), (1, 2, "跨镇办理"));
    assert!(grant::overseen(&mut tx, &clerk).await.unwrap().is_empty(), "it lies in another area");
    drop(tx);

    // Where the county sets no time, somebody there grants it, and nobody their own.
    let over = later(&clerk, HOUR * 3);
    let waits = grant::ask(db, &over, &wish("A1", None)).await.unwrap();
    assert_eq!(refused(grant::open(db, &over, 7, waits, Opened::Loans).await), Refusal::GrantOver);
    let superior = Ctx { actor: "上级".to_owned(), ..later(&stage.ctx(), HOUR * 3) };
    assert_eq!(refused(grant::decide(db, &superior, 7, waits, true).await), Refusal::OwnGrant);
    assert_eq!(
        refused(grant::decide(db, &over, 9, waits, true).await),
        Refusal::NotFound,
        "not in this area"
    );
    grant::decide(db, &superior, 9, waits, true).await.unwrap();
    assert_eq!(refused(grant::decide(db, &superior, 9, waits, false).await), Refusal::GrantMovedOn);
    grant::open(db, &later(&over, HOUR), 7, waits, Opened::Loan(ids[0])).await.unwrap();
    assert_eq!(refused(grant::end(db, &superior, 9, false, waits).await), Refusal::NotFound);
    grant::end(db, &later(&superior, HOUR), 9, true, waits).await.unwrap();
    let after = later(&over, HOUR + HOUR / 2);
    assert_eq!(refused(grant::open(db, &after, 7, waits, Opened::Loans).await), Refusal::GrantOver);
    let mut tx = db.read().await.unwrap();
    let own = grant::own(&mut tx, &after, 7).await.unwrap();
    assert_eq!(own[0].grant.term().state(after.micros()), GrantState::Ended);
    assert_eq!(own[0].grant.ended_by.as_deref(), Some("上级"));
}
story!(access_opens_one_household_and_ends_by_itself);
