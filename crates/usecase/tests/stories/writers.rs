//! Small writes pass a long close, and neither disturbs the other.

use bangfu_domain::difference::Way;
use bangfu_domain::loan::add_days;
use bangfu_sheets::Kind;
use bangfu_store::board::Axis;
use bangfu_usecase::difference::resolve;
use bangfu_usecase::rebuild::compare;
use jiff::civil::{Date, date};

use crate::any_book::identity;
use crate::slips::open;
use crate::stage::{Engine, Stage};

const AS_OF: Date = date(2019, 4, 30);

/// Loans of the book; their due days lie one after the other, so that every day of the close has some to move.
const LOANS: usize = 600;

/// Writes of the users.
const WRITES: usize = 120;

/// Users who write at the same time.
const USERS: usize = 12;

fn ledger() -> Vec<u8> {
    let mut text = "台账（截至2019-04-30）\n乡镇,村,户主姓名,身份证号码,贷款银行,借据号,贷款金额（元）,\
                    放款日期,到期日期,已还本金（元）\n"
        .to_owned();
    for index in 0..LOANS {
        let due_on = add_days(AS_OF, 1 + i32::try_from(index % 200).unwrap());
        let who = identity(index);
        text += &format!(
            "白石渡镇,白石渡村,农户{index},{who},农商银行某支行,A{index},50000,2018-04-01,{due_on},0\n"
        );
    }
    text.into_bytes()
}

/// Movements of loans that nobody has: each becomes a difference that somebody looks into.
fn strangers() -> Vec<u8> {
    let mut text =
        "机构名称,客户名称,证件号码,借据号,交易日期,交易类型,交易金额,贷款余额,流水号\n".to_owned();
    for index in 0..WRITES {
        let who = identity(index);
        text += &format!("农商银行某支行,某人,{who},X{index},20190501,还本,100,0,S{index}\n");
    }
    text.into_bytes()
}

async fn stage(engine: Engine) -> Stage {
    let stage = Stage::new(engine).await;
    assert_eq!(stage.read_in(Kind::Ledger, &ledger()).await.changes.new, LOANS);
    assert_eq!(stage.read_in(Kind::Repayments, &strangers()).await.differences, WRITES);
    stage
}

async fn users_write_while_days_are_closed(engine: Engine) {
    let until = add_days(AS_OF, 90);
    let alone = stage(engine).await;
    let days = alone.close(until).await;
    let stage = stage(engine).await;
    let found = open(&stage).await;
    let mut users = tokio::task::JoinSet::new();
    for user in 0..USERS {
        let mine: Vec<i64> =
            found.iter().skip(user).step_by(USERS).map(|difference| difference.difference_id).collect();
        let (db, ctx) = (stage.db.clone(), stage.ctx());
        users.spawn(async move {
            for difference_id in mine {
                resolve(&db, &ctx, difference_id, Way::CorrectedAtBank, "已与支行核对").await.unwrap();
            }
        });
    }
    let disturbed = stage.close(until).await;
    while let Some(user) = users.join_next().await {
        user.expect("no write is refused");
    }
    assert_eq!(disturbed, days);
    for axis in [Axis::Village, Axis::Branch] {
        assert_eq!(stage.board(axis, until, None).await, alone.board(axis, until, None).await);
    }
    assert!(compare(&stage.db, &stage.ctx()).await.unwrap().is_equal());
    assert_eq!(open(&stage).await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn users_write_while_days_are_closed_on_sqlite() {
    users_write_while_days_are_closed(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn users_write_while_days_are_closed_on_postgres() {
    users_write_while_days_are_closed(Engine::Postgres).await;
}
