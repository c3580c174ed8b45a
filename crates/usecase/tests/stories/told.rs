//! A close tells who is told, once, and makes the tasks; what is not done is told upward.

use bangfu_domain::policy::Recipient;
use bangfu_domain::task::Task;
use bangfu_domain::warning::Standing;
use bangfu_sheets::Kind;
use bangfu_store::alert::Tally;
use bangfu_store::{Address, alert, county, division, loan, notice, task};
use bangfu_usecase::rebuild::compare;
use jiff::civil::{Date, date};

use crate::any_book::identity;
use crate::slips::HEADER;
use crate::stage::{Engine, Stage};
use crate::story;

const COUNTY: i64 = 431_022;

/// Loans A0, A1 … due on some days, as of 30 April 2019.
pub(crate) fn ledger_of(day: &str, due: &[&str]) -> Vec<u8> {
    let header = HEADER.replace('\n', ",信贷管户员\n");
    let rows: Vec<String> = (0..due.len())
        .map(|index| {
            let (who, due) = (identity(index), due[index]);
            format!(
                "白石渡镇,白石渡村,农户{index},{who},农商银行某支行,A{index},50000,2017-09-01,{due},0,管甲\n"
            )
        })
        .collect();
    format!("台账（截至{day}）\n{header}{}", rows.concat()).into_bytes()
}

fn bank(rows: &[(usize, &str, i64)]) -> Vec<u8> {
    let rows: Vec<String> = rows
        .iter()
        .map(|(index, day, amount)| {
            let (who, left) = (identity(*index), 50_000 - amount);
            format!("农商银行某支行,农户{index},{who},A{index},{day},还本,{amount},{left},S{index}{day}\n")
        })
        .collect();
    let header = "机构名称,客户名称,证件号码,借据号,交易日期,交易类型,交易金额,贷款余额,流水号\n";
    format!("{header}{}", rows.concat()).into_bytes()
}

/// What was told on a day: (kind, level, loans, who, at once).
async fn told(stage: &Stage, day: Date) -> Vec<(String, Standing, i64, Vec<Recipient>, bool)> {
    let mut tx = stage.db.read().await.unwrap();
    let tallies = alert::tallies(&mut tx, COUNTY, day).await.unwrap();
    let told = |one: Tally| (one.kind, one.level, one.loans, one.told, one.at_once);
    tallies.into_iter().map(told).collect()
}

/// The open task of each loan, by number.
async fn tasks(stage: &Stage) -> Vec<(String, Task)> {
    let mut tx = stage.db.read().await.unwrap();
    let loans = loan::all(&mut tx, COUNTY).await.unwrap();
    let ids: Vec<i64> = loans.iter().map(|loan| loan.loan_id).collect();
    let number = |id| loans.iter().find(|loan| loan.loan_id == id).unwrap().number.clone();
    let tasks = task::of_loans(&mut tx, COUNTY, &ids).await.unwrap();
    tasks.into_iter().map(|stored| (number(stored.loan_id), stored.task)).collect()
}

async fn levels(stage: &Stage) -> Vec<(String, Standing, Option<Date>)> {
    tasks(stage).await.into_iter().map(|(number, task)| (number, task.level, task.step_on)).collect()
}

/// The notices of a day: (who, whose name or 0, at once, what).
async fn notices(stage: &Stage, day: Date) -> Vec<(Recipient, bool, String)> {
    let mut tx = stage.db.read().await.unwrap();
    let notices = notice::of_day(&mut tx, COUNTY, day).await.unwrap();
    let county = county::get(&mut tx, COUNTY).await.unwrap();
    let township = division::by_code(&mut tx, "431022101000", day).await.unwrap().unwrap();
    for one in &notices {
        match one.recipient {
            Recipient::Township => assert_eq!(one.place_id, township.division_id),
            Recipient::County | Recipient::Supervisor => assert_eq!(one.place_id, county.division_id),
            _ => assert!(one.place_id > 0),
        }
    }
    notices.into_iter().map(|one| (one.recipient, one.at_once, one.counts)).collect()
}

fn counts(kind: &str, level: &str, loans: i64) -> String {
    format!("[{{\"kind\":\"{kind}\",\"level\":\"{level}\",\"loans\":{loans}}}]")
}

async fn a_level_is_told_once_and_its_task_made(stage: &Stage) {
    use Recipient::{Borrower, Branch, County, Station, Supervisor, Township};
    let may = |day| date(2019, 5, day);
    // Yellow at the opening; green from 1 May; far from due.
    stage.read_in(Kind::Ledger, &ledger_of("2019-04-30", &["2019-05-20", "2019-07-30", "2020-01-01"])).await;
    stage.close(date(2019, 4, 30)).await;
    assert_eq!(told(stage, date(2019, 4, 30)).await, [], "the opening tells nobody");
    assert_eq!(
        levels(stage).await,
        [("A0".to_owned(), Standing::Yellow, Some(may(9)))],
        "five working days on"
    );
    stage.close(may(1)).await;
    let green = ("level".to_owned(), Standing::Green, 1, vec![Township, Branch], false);
    assert_eq!(told(stage, may(1)).await, [green]);
    let digest = counts("level", "green", 1);
    assert_eq!(notices(stage, may(1)).await, [(Township, false, digest.clone()), (Branch, false, digest)]);
    stage.close(may(1)).await;
    assert_eq!(notices(stage, may(1)).await.len(), 2, "told is told");
    let mut all = Vec::new();
    for day in 2..=22 {
        stage.close(may(day)).await;
        all.extend(told(stage, may(day)).await.into_iter().map(|one| (day, one.0, one.1, one.3, one.4)));
    }
    let late = vec![Township, Branch];
    assert_eq!(
        all,
        [
            (10, "late".to_owned(), Standing::Yellow, late.clone(), false),
            (13, "level".to_owned(), Standing::Red, vec![Township, Branch, County, Station, Borrower], true),
            (17, "late".to_owned(), Standing::Red, late, false),
            (21, "level".to_owned(), Standing::Awaiting, vec![Branch], false),
        ]
    );
    let red = notices(stage, may(13)).await;
    assert_eq!(red.len(), 4, "a borrower is no office: {red:?}");
    assert!(red.iter().all(|(_, at_once, what)| *at_once && *what == counts("level", "red", 1)), "{red:?}");
    // The bank has reported beyond the due day: the loan is overdue, as told at once.
    stage.read_in(Kind::Repayments, &bank(&[(2, "20190522", 1_000)])).await;
    stage.close(may(23)).await;
    let overdue = ("level".to_owned(), Standing::Overdue, 1, vec![Township, Branch, County], true);
    assert_eq!(told(stage, may(23)).await, [overdue]);
    stage.close(may(24)).await;
    stage.close(may(25)).await;
    stage.close(may(26)).await;
    let heard = told(stage, may(25)).await;
    assert_eq!(
        heard,
        [("late".to_owned(), Standing::Overdue, 1, vec![Township, Branch], false)],
        "{heard:?}"
    );
    for day in 27..=31 {
        stage.close(may(day)).await;
    }
    let heard = told(stage, may(29)).await;
    let long = |level| ("late-long".to_owned(), level, 1, vec![County], false);
    assert_eq!(
        heard,
        [long(Standing::Green), long(Standing::Overdue)],
        "and so is the visit of the green one"
    );
    for day in 1..=2 {
        stage.close(date(2019, 6, day)).await;
    }
    let heard = told(stage, date(2019, 6, 2)).await;
    assert_eq!(heard, [("lasting".to_owned(), Standing::Overdue, 1, vec![Supervisor], false)]);
    assert!(compare(&stage.db, &stage.ctx()).await.unwrap().is_equal());
}

async fn what_lay_between_is_told_as_it_stands(stage: &Stage) {
    let due = ["2019-05-20", "2019-07-30", "2019-06-15"];
    stage.read_in(Kind::Ledger, &ledger_of("2019-04-30", &due)).await;
    // Nobody closed a day for weeks, the opening included.
    let day = date(2019, 5, 14);
    stage.close(day).await;
    for passed in 30..44 {
        let passed = date(2019, 4, 1).checked_add(jiff::Span::new().days(passed - 1)).unwrap();
        assert_eq!(told(stage, passed).await, [], "{passed}");
    }
    let levels_told: Vec<Standing> = told(stage, day).await.into_iter().map(|one| one.1).collect();
    assert_eq!(levels_told, [Standing::Green, Standing::Red], "and what stood so at the opening is not told");
    let made = levels(stage).await;
    let red = made.iter().find(|(number, ..)| number == "A0").unwrap();
    assert_eq!(red.2, Some(date(2019, 5, 16)), "as if 13 May had been closed");
    let blue = made.iter().find(|(number, ..)| number == "A2").unwrap();
    assert_eq!((blue.1, blue.2), (Standing::Blue, Some(date(2019, 5, 16))), "since the opening");
}

/// After days that nobody closed, the tasks are those that a close of every day would have left.
async fn an_outage_leaves_the_tasks_of_daily_closes(stage: &Stage) {
    let is_sqlite = matches!(stage.address(), Address::Sqlite(_));
    let other = Stage::new(if is_sqlite { Engine::Sqlite } else { Engine::Postgres }).await;
    let due = ["2019-05-20", "2019-07-30", "2019-06-15", "2019-08-20", "2019-07-08"];
    for one in [stage, &other] {
        one.read_in(Kind::Ledger, &ledger_of("2019-04-30", &due)).await;
        one.close(date(2019, 5, 4)).await;
    }
    for day in 5..=28 {
        other.close(date(2019, 5, day)).await;
    }
    stage.close(date(2019, 5, 28)).await;
    let terms = |all: Vec<(String, Task)>| {
        let term = |(number, task): (String, Task)| (number, task.level, task.since_on, task.step_on);
        all.into_iter().map(term).collect::<Vec<_>>()
    };
    let (rare, daily) = (terms(tasks(stage).await), terms(tasks(&other).await));
    assert_eq!((rare.len(), &rare), (5, &daily));
}

async fn a_task_ends_with_its_loan_and_an_extended_one_begins_anew(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger_of("2019-04-30", &["2019-05-20", "2019-05-20", "2019-05-20"])).await;
    stage.close(date(2019, 5, 5)).await;
    assert_eq!(tasks(stage).await.len(), 3);
    stage.read_in(Kind::Repayments, &bank(&[(0, "20190506", 50_000)])).await;
    // The next ledger has another due day: far from due, and near.
    let next = ledger_of("2019-05-06", &["2019-05-20", "2020-05-20", "2019-06-05"]);
    let paid = String::from_utf8(next).unwrap().replacen("2019-05-20,0,", "2019-05-20,50000,", 1);
    stage.read_in(Kind::Ledger, paid.as_bytes()).await;
    stage.close(date(2019, 5, 7)).await;
    let left = levels(stage).await;
    assert_eq!(
        left,
        [("A2".to_owned(), Standing::Yellow, Some(date(2019, 5, 13)))],
        "settled and extended are over"
    );
    assert_eq!(told(stage, date(2019, 5, 7)).await.len(), 1, "another term, told anew");
}

story!(a_level_is_told_once_and_its_task_made);
story!(what_lay_between_is_told_as_it_stands);
story!(an_outage_leaves_the_tasks_of_daily_closes);
story!(a_task_ends_with_its_loan_and_an_extended_one_begins_anew);
