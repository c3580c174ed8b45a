//! What a damaged book has lost is named, and what follows from the events is made anew.

use bangfu_domain::loan::Placement;
use bangfu_domain::money::Fen;
use bangfu_domain::warning::Standing;
use bangfu_sheets::Kind;
use bangfu_store::board::{self, Axis, Delta, Span};
use bangfu_store::loan::{self, StoredInterval};
use bangfu_store::testing;
use bangfu_usecase::rebuild::{compare, rebuild};
use jiff::civil::date;

use crate::slips::{ledger, sound};
use crate::stage::Stage;
use crate::story;

const COUNTY: i64 = 431_022;

async fn a_lost_row_is_named_and_never_called_equal(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    let loans = loan::all(&mut stage.db.read().await.unwrap(), COUNTY).await.unwrap();
    let lost = loans[0].loan_id;
    let mut tx = stage.db.write(431_022).await.unwrap();
    testing::lose_loan(&mut tx, COUNTY, lost).await.unwrap();
    tx.commit().await.unwrap();
    let found = compare(&stage.db, &stage.ctx()).await.unwrap();
    assert_eq!((found.loans, &found.lost), (2, &vec![lost.to_string()]), "no row gives its number");
    assert!(!found.is_equal());
    let left = rebuild(&stage.db, &stage.ctx()).await.unwrap();
    assert_eq!(left.lost, found.lost, "events tell no number, institution and household");
    assert!(!compare(&stage.db, &stage.ctx()).await.unwrap().is_equal());
    // What it owes is owed all the same, and the board and a recount agree on it.
    let day = date(2019, 5, 1);
    let now = stage.ctx().micros();
    assert_eq!(stage.board(Axis::County, day, None).await, stage.board(Axis::County, day, Some(now)).await);
}
story!(a_lost_row_is_named_and_never_called_equal);

async fn a_history_without_a_loan_is_named_and_goes(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1)])).await;
    let loans = loan::all(&mut stage.db.read().await.unwrap(), COUNTY).await.unwrap();
    let placement =
        Placement { village_id: loans[0].village_id, branch_id: loans[0].branch_id, manager_id: None };
    let stray = StoredInterval {
        loan_id: 999_999,
        interval: bangfu_domain::loan::Interval {
            from_on: date(2019, 4, 1),
            to_on: None,
            standing: Standing::Red,
            balance_fen: loans[0].balance_fen,
            due_on: loans[0].terms.due_on,
            placement,
        },
    };
    let mut tx = stage.db.write(431_022).await.unwrap();
    loan::replace_intervals(&mut tx, COUNTY, &[], &[stray]).await.unwrap();
    tx.commit().await.unwrap();
    let found = compare(&stage.db, &stage.ctx()).await.unwrap();
    assert_eq!(found.histories, ["999999"]);
    assert!(!found.is_equal());
    assert!(rebuild(&stage.db, &stage.ctx()).await.unwrap().lost.is_empty());
    assert!(compare(&stage.db, &stage.ctx()).await.unwrap().is_equal());
}
story!(a_history_without_a_loan_is_named_and_goes);

async fn a_wrong_board_and_a_wrong_history_are_mended_page_by_page(stage: &Stage) {
    // More loans than a page has.
    let rows: Vec<String> = (1..=1_100).map(sound).collect();
    stage.read_in(Kind::Ledger, &ledger(&rows)).await;
    let day = date(2019, 5, 1);
    let whole = stage.board(Axis::Village, day, None).await;
    let loans = loan::all(&mut stage.db.read().await.unwrap(), COUNTY).await.unwrap();
    let mut tx = stage.db.write(431_022).await.unwrap();
    loan::replace_intervals(&mut tx, COUNTY, &[loans[3].loan_id, loans[1_050].loan_id], &[]).await.unwrap();
    loan::put(&mut tx, COUNTY, &[loan::Loan { balance_fen: Fen::ZERO, ..loans[1_060].clone() }])
        .await
        .unwrap();
    let wrong = Delta {
        axis: Axis::Village,
        span: Span::Day,
        on_day: day,
        key_id: loans[0].village_id,
        standing: Standing::Red,
        loans: 5,
        balance_fen: Fen::new(500),
    };
    board::add_deltas(&mut tx, COUNTY, &[wrong]).await.unwrap();
    tx.commit().await.unwrap();
    assert_ne!(stage.board(Axis::Village, day, None).await, whole);
    let found = compare(&stage.db, &stage.ctx()).await.unwrap();
    let numbers = |at: &[usize]| at.iter().map(|at| loans[*at].number.clone()).collect::<Vec<_>>();
    assert_eq!((found.loans, found.cells), (1_100, 1));
    assert_eq!((found.histories.clone(), found.rows.clone()), (numbers(&[3, 1_050]), numbers(&[1_060])));
    assert_eq!(rebuild(&stage.db, &stage.ctx()).await.unwrap(), found);
    // The board held the lost histories all along: mending them would count them a second time.
    assert_eq!(stage.board(Axis::Village, day, None).await, whole);
    assert!(compare(&stage.db, &stage.ctx()).await.unwrap().is_equal());
}
story!(a_wrong_board_and_a_wrong_history_are_mended_page_by_page);
