//! Parts of a county, and lists in every order and under every name.

use bangfu_sheets::Kind;
use bangfu_store::board::Axis;
use bangfu_store::loan::{self, Cursor, Filter, Order, Page};
use bangfu_usecase::board::{board, trend};
use jiff::civil::{Date, date};

use crate::any_book::identity;
use crate::slips::{ledger, sound};
use crate::stage::{Stage, demo};
use crate::story;

const DAY: Date = date(2019, 4, 30);

async fn townships_add_up_to_their_county(stage: &Stage) {
    stage.read_in(Kind::Ledger, &demo("yizhang/ledger.xlsx")).await;
    let county = stage.board(Axis::Township, DAY, None).await;
    let mut tx = stage.db.read().await.unwrap();
    for row in county.rows.iter().take(3) {
        let scope = stage.ctx().scope.within(row.key_id).unwrap();
        for axis in [Axis::County, Axis::Village, Axis::Branch, Axis::Manager] {
            let part = board(&mut tx, &scope, axis, DAY, None).await.unwrap();
            assert_eq!(part.total, row.figures, "{} by {axis:?}", row.name);
        }
        let days = trend(&mut tx, &scope, DAY, 15).await.unwrap();
        assert_eq!(days.last(), Some(&(DAY, row.figures.clone())), "the last day of a trend is the day");
        let elsewhere = county.rows.iter().find(|other| other.key_id != row.key_id).unwrap();
        assert_eq!(scope.within(elsewhere.key_id), None, "a part never becomes another part");
    }
}
story!(townships_add_up_to_their_county);

async fn names_in(
    stage: &Stage,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: usize,
) -> (Vec<String>, Page) {
    let mut tx = stage.db.read().await.unwrap();
    let scope = stage.ctx().scope;
    let page = loan::list(&mut tx, &scope, DAY, filter, Order::Name, after, limit).await.unwrap();
    (page.rows.iter().map(|row| row.borrower_name.clone()).collect(), page)
}

async fn a_list_runs_both_ways_and_finds_a_name_by_its_sound(stage: &Stage) {
    let mut ledger =
        "台账（截至2019-04-30）\n乡镇,村,户主姓名,身份证号码,贷款银行,借据号,贷款金额（元）,放款日期,\
                      到期日期,已还本金（元）\n"
            .to_owned();
    for (index, name) in ["袁文", "白石", "赵云", "王小明"].into_iter().enumerate() {
        let who = identity(index);
        ledger += &format!(
            "白石渡镇,白石渡村,{name},{who},农商银行某支行,ZY2018{index:04},50000,2018-05-01,2020-05-20,0\n"
        );
    }
    stage.read_in(Kind::Ledger, ledger.as_bytes()).await;
    let (forwards, _) = names_in(stage, &Filter::default(), None, 9).await;
    assert_eq!(forwards, ["白石", "王小明", "袁文", "赵云"]);
    let backwards = Filter { backwards: true, ..Filter::default() };
    let (first, page) = names_in(stage, &backwards, None, 3).await;
    let (rest, last) = names_in(stage, &backwards, page.next.as_ref(), 3).await;
    assert_eq!((first, rest), (vec!["赵云".into(), "袁文".into(), "王小明".into()], vec!["白石".into()]));
    assert_eq!(last.next, None);
    for (text, found) in [
        ("yuanwen", "袁文"),
        ("YW", "袁文"),
        ("xiao", "王小明"),
        ("xm", "王小明"),
        ("WEN", "袁文"),
        ("aom", ""),
        ("小明", "王小明"),
        ("0002", "赵云"),
        ("ZY20180001", "白石"),
    ] {
        let filter = Filter { text: Some(text.to_owned()), ..Filter::default() };
        assert_eq!(names_in(stage, &filter, None, 9).await.0.concat(), found, "{text}");
    }
    let whole = stage.db.key().hash(&identity(2));
    let filter = Filter { secret_hash: Some(whole), ..Filter::default() };
    assert_eq!(names_in(stage, &filter, None, 9).await.0, ["赵云"]);
}
story!(a_list_runs_both_ways_and_finds_a_name_by_its_sound);

async fn a_text_with_a_nul_breaks_no_search(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1)])).await;
    let mut tx = stage.db.read().await.unwrap();
    let day = date(2019, 5, 1);
    for (text, found) in [("\0", 1), ("农户\u{0}001", 0), ("农户1\0", 1)] {
        let filter = Filter { text: Some(text.to_owned()), ..Filter::default() };
        let totals = loan::totals(&mut tx, &stage.ctx().scope, day, &filter).await.unwrap();
        assert_eq!(totals.loans, found, "{text:?}");
    }
}
story!(a_text_with_a_nul_breaks_no_search);
