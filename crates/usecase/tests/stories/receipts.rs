//! What was served is evidence: it begins the limitation of actions anew, unless it comes too late.

use bangfu_domain::limitation::Interruption;
use bangfu_domain::loan::add_days;
use bangfu_domain::paper::PaperKind;
use bangfu_sheets::Kind;
use bangfu_store::{Area, testing};
use bangfu_usecase::Ctx;
use bangfu_usecase::delivery::{self, NewDelivery};
use bangfu_usecase::error::Refusal;
use bangfu_usecase::paper::{self, NewPaper, PaperFault};
use jiff::civil::date;

use crate::any_book::identity;
use crate::papers::{COUNTY, bank, ledger, loans, new, on, refused};
use crate::stage::Stage;
use crate::story;

async fn a_receipt_begins_the_term_anew(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger()).await;
    stage
        .read_in(
            Kind::Repayments,
            &bank(&[(0, "2019-05-10", 20_000, 30_000), (5, "2019-10-10", 10_000, 40_000)]),
        )
        .await;
    let march = date(2022, 3, 1);
    let known = loans(stage).await;
    let ctx = on(stage, march, Area::County);
    let watched = async |ctx: &Ctx, months| {
        let mut tx = stage.db.read().await.unwrap();
        let ending = delivery::ending(&mut tx, ctx, months).await.unwrap();
        ending.into_iter().map(|one| (one.row.number, one.term.unwrap().ends_on)).collect::<Vec<_>>()
    };
    // The first was repaid in part: its term runs from then on. Those of which the bank has not reported await it.
    assert_eq!(watched(&ctx, 2).await, []);
    let all = watched(&ctx, 7).await;
    let ends = |number: &str, on| (number.to_owned(), on);
    assert_eq!(
        all[..3],
        [ends("A0", date(2022, 5, 10)), ends("A1", date(2022, 5, 20)), ends("A2", date(2022, 6, 20))]
    );
    let receipt = NewDelivery {
        kind: Interruption::Served,
        on_day: date(2022, 2, 10),
        way: "hand",
        receiver: "本人".to_owned(),
        note: String::new(),
        code: None,
    };
    let notice = NewPaper { loan_id: Some(known["A1"].loan_id), ..new(PaperKind::OverdueNotice, march) };
    let notice = paper::make(&stage.db, &ctx, &notice).await.unwrap();
    let served = NewDelivery { code: Some(notice.code.clone()), ..receipt.clone() };
    delivery::record(&stage.db, &ctx, known["A1"].loan_id, &served).await.unwrap();
    let all = watched(&ctx, 7).await;
    assert!(all.iter().all(|(number, _)| number != "A1"), "its term runs to 2025: {all:?}");
    let tell =
        async |receipt: NewDelivery| delivery::record(&stage.db, &ctx, known["A0"].loan_id, &receipt).await;
    let fault = |fault| Refusal::Paper(fault);
    assert_eq!(
        refused(tell(served.clone()).await),
        fault(PaperFault::NoNotice),
        "a notice about another loan"
    );
    let ahead = NewDelivery { on_day: add_days(march, 1), ..receipt.clone() };
    assert_eq!(refused(tell(ahead).await), fault(PaperFault::ReceiptDay));
    let nobody = NewDelivery { receiver: "  ".to_owned(), ..receipt.clone() };
    assert!(matches!(refused(tell(nobody).await), Refusal::Paper(PaperFault::Receiver { .. })));
    let numbered = NewDelivery { receiver: identity(0), ..receipt.clone() };
    assert_eq!(refused(tell(numbered).await), Refusal::IdentityInReason);
    let outside = on(stage, march, Area::Division(known["A1"].village_id));
    let elsewhere = delivery::record(&stage.db, &outside, known["A0"].loan_id, &receipt).await;
    assert_eq!(refused(elsewhere), Refusal::NotFound);
    assert!(
        watched(&outside, 60).await.iter().all(|(number, _)| ["A1", "A3", "A5"].contains(&number.as_str()))
    );
    // Too late: what is over is not brought back.
    let after = on(stage, date(2022, 5, 11), Area::County);
    let late = NewDelivery { on_day: date(2022, 5, 11), ..receipt };
    delivery::record(&stage.db, &after, known["A0"].loan_id, &late).await.unwrap();
    assert_eq!(watched(&after, 1).await[0], ends("A0", date(2022, 5, 10)));
    let facts = testing::last_facts(&mut stage.db.read().await.unwrap(), COUNTY, "delivery-recorded").await;
    assert!(!facts.unwrap().unwrap().contains("本人"), "the record tells who recorded, not who received");
}
story!(a_receipt_begins_the_term_anew);
