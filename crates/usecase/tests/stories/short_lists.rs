//! Short lists: a register, a roster, a bank's report or balances are held against what they name of the book.

use std::time::Duration;

use bangfu_sheets::Kind;
use bangfu_usecase::error::Refusal;
use bangfu_usecase::import::{self, Meter, Take};
use bangfu_usecase::{Error, import::Report};

use crate::any_book::identity;
use crate::slips::{ledger, sound};
use crate::stage::{Stage, upload};
use crate::story;

async fn the_rows_of_a_list_are_read_before_others_have_to_wait(stage: &Stage) {
    let unknown = upload(Kind::Repayments, "甲,乙\n1,2\n".as_bytes());
    let id = import::stage(&stage.db, &stage.ctx(), &unknown).await.unwrap();
    let somebody = stage.db.write(431_022).await.unwrap();
    let (ctx, meter) = (stage.ctx(), Meter::default());
    let take = import::take(&stage.db, &ctx, id, Take::Good, &meter);
    let taken = tokio::time::timeout(Duration::from_secs(2), take).await.expect("nobody is waited for");
    assert!(matches!(taken, Err(Error::Refused(Refusal::Header(_)))), "{taken:?}");
    drop(somebody);
}
story!(the_rows_of_a_list_are_read_before_others_have_to_wait);

async fn lists_that_come_at_once_are_each_held_against_the_book_as_it_is_by_then(stage: &Stage) {
    let who = identity(1);
    let list = format!("乡镇,村,户主姓名,身份证号码\n白石渡镇,白石渡村,张大,{who}\n");
    let register = upload(Kind::Households, list.as_bytes());
    let mut ids = Vec::new();
    for _ in 0..2 {
        ids.push(import::stage(&stage.db, &stage.ctx(), &register).await.unwrap());
    }
    // Both are held against a book without the household before either can write.
    let somebody = stage.db.write(431_022).await.unwrap();
    let take = |id: i64| {
        let (db, ctx) = (stage.db.clone(), stage.ctx());
        tokio::spawn(async move { import::take(&db, &ctx, id, Take::Good, &Meter::default()).await.unwrap() })
    };
    let (one, other) = (take(ids[0]), take(ids[1]));
    tokio::time::sleep(Duration::from_millis(300)).await;
    drop(somebody);
    let changes = [one.await.unwrap().changes, other.await.unwrap().changes];
    assert_eq!(changes.iter().map(|one| (one.new, one.unchanged)).max(), Some((1, 0)));
    assert_eq!(changes.iter().map(|one| (one.new, one.unchanged)).min(), Some((0, 1)));
}
story!(lists_that_come_at_once_are_each_held_against_the_book_as_it_is_by_then);

async fn what_a_list_of_balances_leaves_out_is_what_is_still_owed_on_its_day(stage: &Stage) {
    let settled = sound(2).replace("2019-05-20,0", "2019-05-20,50000");
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), settled, sound(3), sound(4)])).await;
    let paid = "机构名称,客户名称,借据号,交易日期,交易类型,交易金额,贷款余额,流水号\n\
                农商银行某支行,农户3,A3,2019-06-10,还本,50000,0,S1\n";
    stage.read_in(Kind::Repayments, paid.as_bytes()).await;
    let absent = async |day: &str| -> Report {
        let list = format!("数据日期,机构名称,借据号,余额\n{day},农商银行某支行,A1,50000\n");
        stage.check(Kind::Ledger, list.as_bytes()).await
    };
    let (may, june) = (absent("20190531").await, absent("20190615").await);
    assert_eq!((may.absent, may.absent_in_all), (vec!["A3".to_owned(), "A4".to_owned()], 2));
    assert_eq!((june.absent, june.absent_in_all), (vec!["A4".to_owned()], 1), "A3 was repaid by then");
}
story!(what_a_list_of_balances_leaves_out_is_what_is_still_owed_on_its_day);

async fn a_register_finds_whom_it_names_and_tells_whom_it_lacks(stage: &Stage) {
    let row = |name: &str, who: usize, phone: &str| {
        format!("白石渡镇,白石渡村,{name},{},3,脱贫户,{phone}\n", identity(who))
    };
    let list = |rows: &[String]| {
        format!("乡镇,村,户主姓名,身份证号码,家庭人口,户属性,联系电话\n{}", rows.concat()).into_bytes()
    };
    let (zhang, li, wang) =
        (row("张大", 1, "13800000001"), row("李大", 2, "13800000002"), row("王大", 3, "13800000003"));
    stage.read_in(Kind::Households, &list(&[zhang.clone(), li, wang.clone()])).await;
    let moved = row("李大", 2, "13800000009");
    let report = stage.read_in(Kind::Households, &list(&[zhang, moved, row("新户", 4, "13800000004")])).await;
    assert_eq!((report.changes.new, report.changes.changed, report.changes.unchanged), (1, 1, 1));
    assert_eq!(report.changed[0].field, "phone");
    assert_eq!((report.absent, report.absent_in_all), (vec!["白石渡村 王大".to_owned()], 1));
    let again = stage.check(Kind::Households, &list(&[wang])).await;
    assert_eq!((again.changes.unchanged, again.absent_in_all), (1, 3), "those that came since too");
}
story!(a_register_finds_whom_it_names_and_tells_whom_it_lacks);
