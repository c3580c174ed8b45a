//! The record of who did what is a chain: whatever is done to it behind the program's back is found, and where first.

use bangfu_domain::audit::{Flaw, Head};
use bangfu_domain::officer::Role;
use bangfu_sheets::Kind;
use bangfu_store::testing::Bend;
use bangfu_store::{audit, testing};
use bangfu_usecase::Ctx;
use bangfu_usecase::audit::{head, verify};
use bangfu_usecase::import::{self, Meter};
use jiff::civil::date;

use crate::slips::{ledger, sound};
use crate::stage::{Stage, upload};
use crate::story;

const COUNTY: i64 = 431_022;

async fn bent(stage: &Stage, bend: Bend, entry: i64) {
    let mut tx = stage.db.write(COUNTY).await.unwrap();
    testing::bend(&mut tx, COUNTY, bend, entry).await.unwrap();
    tx.commit().await.unwrap();
}

async fn found(stage: &Stage, handed_out: &[Head]) -> Result<Head, Flaw> {
    verify(&stage.db, &stage.ctx(), handed_out.to_vec()).await.unwrap()
}

async fn a_record_that_was_bent_says_where(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    stage.close(date(2019, 5, 3)).await;
    let now = head(&mut stage.db.read().await.unwrap(), &stage.ctx()).await.unwrap();
    assert!(now.number > 5, "an import and three days: {now:?}");
    assert_eq!(found(stage, &[]).await, Ok(now.clone()));
    assert_eq!(found(stage, std::slice::from_ref(&now)).await, Ok(now.clone()));
    let last = now.number;
    for (bend, back, at, flaw) in [
        (Bend::Actor, Bend::ActorBack, 2, Flaw::Altered(2)),
        (Bend::Lift, Bend::PutBack, 3, Flaw::Missing(3)),
        (Bend::LiftTail, Bend::PutBack, last - 1, Flaw::Truncated(last - 1)),
    ] {
        bent(stage, bend, at).await;
        assert_eq!(found(stage, &[]).await, Err(flaw), "{bend:?}");
        bent(stage, back, at).await;
        assert_eq!(found(stage, &[]).await, Ok(now.clone()), "{back:?}");
    }
    bent(stage, Bend::Swap, last - 1).await;
    assert_eq!(found(stage, &[]).await, Err(Flaw::Reordered(last - 1)));
}

/// Whoever cuts the tail off everywhere in the book is found by what was written down elsewhere, and by that alone.
async fn a_cut_tail_is_found_by_what_was_handed_out(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1)])).await;
    stage.close(date(2019, 5, 3)).await;
    let then = head(&mut stage.db.read().await.unwrap(), &stage.ctx()).await.unwrap();
    bent(stage, Bend::Cut, then.number).await;
    assert!(found(stage, &[]).await.is_ok(), "the book by itself cannot know");
    assert_eq!(found(stage, std::slice::from_ref(&then)).await, Err(Flaw::Truncated(then.number)));
    // What happens from then on makes another record of the same length.
    stage.close(date(2019, 5, 4)).await;
    assert_eq!(found(stage, std::slice::from_ref(&then)).await, Err(Flaw::Rewritten(then.number)));
}

async fn every_entry_says_in_which_role(stage: &Stage) {
    let clerk = Ctx { role: Some(Role::CentreClerk), ..stage.ctx() };
    let file = upload(Kind::Ledger, &ledger(&[sound(1)]));
    import::check(&stage.db, &clerk, &file, &Meter::default()).await.unwrap();
    stage.read_in(Kind::Ledger, &ledger(&[sound(2)])).await;
    let clerk = Ctx { role: Some(Role::CentreClerk), ..stage.ctx() };
    bangfu_usecase::close::close(&stage.db, &clerk, date(2019, 5, 1), |_| ()).await.unwrap();
    let links = audit::page(&mut stage.db.read().await.unwrap(), COUNTY, 0).await.unwrap();
    let roles = |action: &str| {
        let of = links.iter().filter(|link| link.said.action == action);
        of.map(|link| link.said.role.clone()).collect::<Vec<_>>()
    };
    assert_eq!(roles("init"), [None]);
    let closes = roles("close");
    assert!(
        !closes.is_empty() && closes.iter().all(|role| role.as_deref() == Some("centre-clerk")),
        "{closes:?}"
    );
}

story!(a_record_that_was_bent_says_where);
story!(a_cut_tail_is_found_by_what_was_handed_out);
story!(every_entry_says_in_which_role);
