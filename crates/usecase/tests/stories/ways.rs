//! Money expected stands beside money due, week by week, and each number is its list.

use bangfu_domain::money::Fen;
use bangfu_domain::task::{Outcome, Way};
use bangfu_sheets::Kind;
use bangfu_store::loan::{self, Filter};
use bangfu_store::{Area, Scope};
use bangfu_usecase::Ctx;
use bangfu_usecase::task::{NewContact, record};
use bangfu_usecase::way_out::{Part, WEEKS, ahead, behind};
use jiff::civil::{Date, date};

use crate::any_book::identity;
use crate::slips::HEADER;
use crate::stage::Stage;
use crate::story;

const TODAY: Date = date(2019, 6, 17);

/// By the example of the sample's pack 脐橙 pays in November.
fn ledger() -> Vec<u8> {
    let header = HEADER.replace('\n', ",贷款用途\n");
    let row = |index: usize, place: &str, due: &str, purpose: &str| {
        let who = identity(index);
        format!("{place},农户{index},{who},农商银行某支行,A{index},50000,2017-09-01,{due},0,{purpose}\n")
    };
    let (here, there) = ("白石渡镇,白石渡村", "玉溪镇,城北");
    let rows = [
        row(0, here, "2019-07-10", "种植脐橙"),
        row(1, there, "2019-10-20", "脐橙"),
        row(2, here, "2019-07-10", "养猪"),
        row(3, there, "2019-11-20", "种植脐橙"),
        row(4, here, "2020-03-01", "种植脐橙"),
    ];
    format!("台账（截至2019-06-16）\n{header}{}", rows.concat()).into_bytes()
}

async fn money_expected_stands_beside_money_due(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger()).await;
    stage.close(date(2019, 6, 16)).await;
    stage.close(TODAY).await;
    let ctx = Ctx { today: TODAY, ..stage.ctx() };
    let loans = loan::all(&mut stage.db.read().await.unwrap(), 431_022).await.unwrap();
    let third = loans.iter().find(|loan| loan.number == "A2").unwrap();
    let promise = NewContact {
        on_day: TODAY,
        way: Way::Phone,
        met: "本人".to_owned(),
        outcome: Outcome::Partly,
        promised_on: Some(date(2019, 7, 9)),
        promised_fen: Some(Fen::new(1_000_000)),
        note: String::new(),
    };
    record(&stage.db, &ctx, third.loan_id, &promise).await.unwrap();
    let mut tx = stage.db.read().await.unwrap();
    let weeks = ahead(&mut tx, &ctx).await.unwrap();
    assert_eq!((weeks.len(), weeks[0].0, weeks[25].0), (WEEKS, TODAY, date(2019, 12, 9)));
    let week = |monday: Date| weeks.iter().find(|(day, _)| *day == monday).unwrap().1;
    let july = week(date(2019, 7, 8));
    assert_eq!((july.due.loans, july.due.balance_fen), (2, Fen::new(10_000_000)));
    assert_eq!((july.early.loans, july.projects.loans), (1, 0), "it pays in November only");
    assert_eq!((july.promised.loans, july.promised.balance_fen), (1, Fen::new(1_000_000)));
    let october = week(date(2019, 10, 14));
    assert_eq!((october.due.loans, october.early.loans), (1, 1));
    let november = week(date(2019, 11, 18));
    assert_eq!((november.due.loans, november.early.loans), (1, 0), "it pays three weeks before");
    let pays = week(date(2019, 10, 28));
    assert_eq!((pays.due.loans, pays.projects.loans, pays.projects.balance_fen), (0, 1, Fen::new(5_000_000)));
    // All that falls due in these weeks, and each number its list, page by page.
    let until = Filter { due: Some((TODAY, date(2019, 12, 15))), ..Filter::default() };
    let all = loan::totals(&mut tx, &ctx.scope, TODAY, &until).await.unwrap();
    assert_eq!(weeks.iter().map(|(_, week)| week.due.loans).sum::<i64>(), all.loans);
    let inside = Scope { area: Area::Division(third.village_id), ..ctx.scope };
    let own = Ctx { scope: inside, ..ctx.clone() };
    let theirs = ahead(&mut tx, &own).await.unwrap();
    assert_eq!(theirs.iter().map(|(_, week)| week.due.loans).sum::<i64>(), 2);
    for (ctx, weeks) in [(&ctx, &weeks), (&own, &theirs)] {
        for (monday, week) in weeks {
            for part in Part::ALL {
                let told = match part {
                    Part::Due => week.due,
                    Part::Projects => week.projects,
                    Part::Early => week.early,
                };
                let (mut listed, mut after) = (Vec::new(), None);
                loop {
                    let (rows, next) = behind(&mut tx, ctx, (part, *monday), after, 1).await.unwrap();
                    listed.extend(rows);
                    if next.is_none() {
                        break;
                    }
                    after = next;
                }
                let sum: Fen = listed.iter().map(|one| one.loan.balance_fen).sum();
                assert_eq!((listed.len() as i64, sum), (told.loans, told.balance_fen), "{part:?} {monday}");
            }
        }
    }
}

story!(money_expected_stands_beside_money_due);
