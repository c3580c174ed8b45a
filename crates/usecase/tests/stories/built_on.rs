//! What was built on an import keeps it: nothing is written, and it is told what is in the way.

use bangfu_domain::difference::Way;
use bangfu_sheets::Kind;
use bangfu_store::difference;
use bangfu_store::person::{self, SecretKind};
use bangfu_usecase::difference::{reopen, resolve};
use bangfu_usecase::import::{self, GroundKind};

use crate::any_book::identity;
use crate::seen::seen;
use crate::slips::{ledger, sound};
use crate::stage::Stage;
use crate::story;
use crate::taken_back::{built_on, numbers, take_back};

const COUNTY: i64 = 431_022;

fn bank(rows: &[(usize, &str, i64, &str)]) -> String {
    let mut text = "机构名称,客户名称,借据号,交易日期,交易类型,交易金额,贷款余额,流水号\n".to_owned();
    for (who, number, amount, serial) in rows {
        text += &format!("农商银行某支行,农户{who},{number},2019-05-10,还本,{amount},,{serial}\n");
    }
    text
}

async fn what_came_later_is_told(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2), sound(3)])).await;
    let first = bank(&[(1, "A1", 1_000, "S1"), (2, "A404", 1_000, "S2")]);
    assert_eq!(stage.read_in(Kind::Repayments, first.as_bytes()).await.differences, 1);
    let files = numbers(stage).await;
    let (report, book) = (files[0], files[1]);
    assert_eq!(built_on(stage, book).await, [(GroundKind::Loans, 1)]);
    let foreseen = import::foresee(&stage.db, &stage.ctx(), book).await.unwrap();
    assert_eq!(foreseen.built_on[0].first[0].name, "A1");
    // The same again changes nothing, but says it too.
    stage.read_in(Kind::Repayments, first.as_bytes()).await;
    assert_eq!(built_on(stage, report).await, [(GroundKind::Files, 1)]);
    take_back(stage, numbers(stage).await[0]).await;
    // Somebody has handled what it raised.
    let filter = difference::Filter::default();
    let mut tx = stage.db.read().await.unwrap();
    let listed =
        difference::list(&mut tx, &stage.ctx().scope, stage.ctx().today, &filter, None, 9).await.unwrap();
    drop(tx);
    let raised = listed.rows[0].difference.difference_id;
    resolve(&stage.db, &stage.ctx(), raised, Way::BookRight, "与银行核对过").await.unwrap();
    assert_eq!(built_on(stage, report).await, [(GroundKind::Differences, 1)]);
    reopen(&stage.db, &stage.ctx(), raised, "再核对").await.unwrap();
    assert_eq!(built_on(stage, report).await, [(GroundKind::Differences, 1)], "what was done stays done");
}
story!(what_came_later_is_told);

async fn a_movement_that_a_ledger_fits_waits_again_when_that_is_taken_back(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1)])).await;
    stage.read_in(Kind::Repayments, bank(&[(2, "A2", 1_000, "S2")]).as_bytes()).await;
    let before = seen(stage).await;
    // The ledger brings the loan, and the movement finds it.
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    let [later, report, _] = numbers(stage).await[..] else { panic!("three files") };
    assert_eq!(
        built_on(stage, report).await.first(),
        Some(&(GroundKind::Rows, 2)),
        "movement and difference"
    );
    take_back(stage, later).await;
    assert_eq!(seen(stage).await, before);
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    assert!(seen(stage).await != before, "it finds it anew");
}
story!(a_movement_that_a_ledger_fits_waits_again_when_that_is_taken_back);

async fn phones(stage: &Stage) -> Vec<String> {
    let mut tx = stage.db.read().await.unwrap();
    let all = person::all_secrets(&mut tx, stage.db.key(), COUNTY, SecretKind::Phone).await.unwrap();
    let mut phones: Vec<String> = all.into_iter().map(|(_, phone)| phone).collect();
    phones.sort();
    phones
}

async fn names_and_phones_are_put_back(stage: &Stage) {
    let register = |name: &str, size: &str, phone: &str| {
        let who = identity(1);
        format!(
            "乡镇,村,户主姓名,身份证号码,家庭人口,联系电话\n白石渡镇,白石渡村,{name},{who},{size},{phone}\n"
        )
    };
    let roster = |place: &str, role: &str, phone: &str| {
        format!("乡镇,姓名,身份,联系电话\n{place},王五,{role},{phone}\n")
    };
    stage.read_in(Kind::Households, register("农户1", "3", "").as_bytes()).await;
    stage.read_in(Kind::Officers, roster("白石渡镇", "信贷管户员", "13800000001").as_bytes()).await;
    let before = (seen(stage).await, phones(stage).await);
    stage.read_in(Kind::Households, register("农户一", "4", "13800000002").as_bytes()).await;
    stage.read_in(Kind::Officers, roster("白石渡镇", "产业指导员", "13800000003").as_bytes()).await;
    assert_eq!(phones(stage).await, ["13800000002", "13800000003"]);
    let files = numbers(stage).await;
    assert_eq!(built_on(stage, files[3]).await, [(GroundKind::Rows, 2)], "a household and its head");
    for number in &files[..2] {
        take_back(stage, *number).await;
    }
    assert_eq!((seen(stage).await, phones(stage).await), before);
}
story!(names_and_phones_are_put_back);
