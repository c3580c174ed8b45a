//! Imports that are taken back: the book is again what it was before, and still knows what it knew.

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::loan::add_days;
use bangfu_sheets::Kind;
use bangfu_store::board::Axis;
use bangfu_store::difference::{self, Filter};
use bangfu_store::{Scope, bank, county, finding, gone, household, loan, officer};
use bangfu_usecase::board::Board;
use bangfu_usecase::error::Refusal;
use bangfu_usecase::export::ExportRow;
use bangfu_usecase::import::{self, GroundKind, Loans, Meter, Status, Take};
use bangfu_usecase::rebuild::compare;
use bangfu_usecase::{Error, export};
use jiff::civil::{Date, date};

use crate::any_book::identity;
use crate::stage::{Engine, Stage, demo};
use crate::story;

const COUNTY: i64 = 431_022;

const DAYS: [Date; 2] = [date(2019, 5, 20), date(2019, 6, 17)];

/// All that a reader sees of a book: ids stand for what they name, so that the same made anew is the same.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    loans: Vec<Vec<ExportRow>>,
    boards: Vec<Board>,
    until: Vec<(String, Option<Date>)>,
    differences: Vec<(String, &'static str, &'static str, String)>,
    findings: BTreeSet<(String, String, String)>,
    households: Vec<(i64, String, Option<i64>, Option<String>)>,
    officers: Vec<(String, bool, Vec<&'static str>)>,
    positions: (Option<Date>, Option<Date>),
}

/// Looks at everything, and at whether what is derived follows from the facts.
pub(crate) async fn seen(stage: &Stage) -> Seen {
    let comparison = compare(&stage.db, &stage.ctx()).await.unwrap();
    assert!(comparison.is_equal(), "{comparison:?}");
    let (mut loans, mut boards) = (Vec::new(), Vec::new());
    for day in DAYS {
        loans.push(export::loans(&stage.db, &stage.ctx(), day, None, Some("story")).await.unwrap());
        for axis in [Axis::Township, Axis::Branch, Axis::Manager] {
            boards.push(stage.board(axis, day, None).await);
        }
    }
    let recounted = stage.board(Axis::Manager, DAYS[1], Some(stage.ctx().micros())).await;
    assert_eq!(boards.last(), Some(&recounted));
    let mut tx = stage.db.read().await.unwrap();
    let scope = Scope::county(COUNTY);
    let mut until: Vec<_> = bank::branches_in(&mut tx, &scope, DAYS[1])
        .await
        .unwrap()
        .into_iter()
        .map(|(branch, _)| (branch.name, branch.until_on))
        .collect();
    until.sort();
    let listed = difference::list(&mut tx, &scope, DAYS[1], &Filter::default(), None, 10_000).await.unwrap();
    let mut differences: Vec<_> = listed
        .rows
        .into_iter()
        .map(|one| {
            let one = one.difference;
            (one.number, one.kind.key(), one.state.key(), one.facts)
        })
        .collect();
    differences.sort();
    let all = loan::all(&mut tx, COUNTY).await.unwrap().into_iter().filter(|loan| !loan.gone);
    let numbers: BTreeMap<i64, String> = all.map(|loan| (loan.loan_id, loan.number)).collect();
    let findings = finding::about_loans(&mut tx, COUNTY).await.unwrap();
    let findings = findings
        .into_iter()
        .filter_map(|one| Some((numbers.get(&one.loan_id?)?.clone(), one.code, one.facts)))
        .collect();
    let left = gone::ids(&mut tx, COUNTY, gone::Noun::Household).await.unwrap();
    let mut households: Vec<_> = household::list(&mut tx, COUNTY)
        .await
        .unwrap()
        .into_iter()
        .filter(|one| !left.contains(&one.household_id))
        .map(|one| (one.village_id, one.head_name, one.size, one.class))
        .collect();
    households.sort();
    let mut officers: Vec<_> = officer::list_in(&mut tx, &scope, DAYS[1])
        .await
        .unwrap()
        .into_iter()
        .map(|one| (one.name, one.confirmed, one.roles.into_iter().map(|role| role.key()).collect()))
        .collect();
    officers.sort();
    let county = county::get(&mut tx, COUNTY).await.unwrap();
    let positions = (county.opening_on, county.position_on);
    Seen { loans, boards, until, differences, findings, households, officers, positions }
}

/// The numbers of the files, the newest first.
pub(crate) async fn numbers(stage: &Stage) -> Vec<i64> {
    let history = import::history(&stage.db, &stage.ctx()).await.unwrap();
    history.into_iter().map(|import| import.import_id).collect()
}

pub(crate) async fn take_back(stage: &Stage, import_id: i64) -> Loans {
    import::undo(&stage.db, &stage.ctx(), import_id, &Meter::default()).await.unwrap()
}

/// What was built on an import that can't be taken back: nothing is written then.
pub(crate) async fn built_on(stage: &Stage, import_id: i64) -> Vec<(GroundKind, usize)> {
    let before = seen(stage).await;
    let foreseen = import::foresee(&stage.db, &stage.ctx(), import_id).await.unwrap();
    let refused = import::undo(&stage.db, &stage.ctx(), import_id, &Meter::default()).await;
    let Err(Error::Refused(Refusal::BuiltOn { grounds })) = refused else { panic!("{refused:?}") };
    assert_eq!(foreseen.built_on, grounds);
    assert_eq!(seen(stage).await, before);
    grounds.into_iter().map(|ground| (ground.kind, ground.count)).collect()
}

async fn a_ledger_taken_back_leaves_nothing_and_comes_again(stage: &Stage) {
    let empty = seen(stage).await;
    let ledger = demo("yizhang/ledger.xlsx");
    stage.read_in(Kind::Ledger, &ledger).await;
    let full = seen(stage).await;
    let known_then = stage.ctx().micros();
    let then =
        export::loans(&stage.db, &stage.ctx(), DAYS[1], Some(known_then), Some("story")).await.unwrap();
    let board_then = stage.board(Axis::Manager, DAYS[1], Some(known_then)).await;
    let first = numbers(stage).await[0];
    let foreseen = import::foresee(&stage.db, &stage.ctx(), first).await.unwrap();
    assert_eq!((foreseen.loans, foreseen.built_on.len()), (Loans { gone: 6918, back: 0 }, 0));
    assert_eq!(take_back(stage, first).await, foreseen.loans);
    assert_eq!(seen(stage).await, empty);
    let kept = import::get(&stage.db, &stage.ctx(), first).await.unwrap();
    assert_eq!((kept.status, kept.undone_by.as_deref()), (Status::Undone, Some("story")));
    assert!(kept.undone_at.is_some());
    let again = import::undo(&stage.db, &stage.ctx(), first, &Meter::default()).await;
    assert!(matches!(again, Err(Error::Refused(Refusal::AlreadyUndone))), "{again:?}");
    // What was known before is still known of then.
    let now = export::loans(&stage.db, &stage.ctx(), DAYS[1], Some(known_then), Some("story")).await.unwrap();
    assert_eq!(now, then);
    assert_eq!(stage.board(Axis::Manager, DAYS[1], Some(known_then)).await, board_then);
    let report = stage.read_in(Kind::Ledger, &ledger).await;
    assert_eq!((report.changes.new, report.changes.changed, report.changes.unchanged), (6918, 0, 0));
    let anew = seen(stage).await;
    assert_eq!(anew.loans, full.loans);
    assert_eq!((anew.until, anew.households, anew.officers), (full.until, full.households, full.officers));
    assert_eq!((anew.findings, anew.positions), (full.findings, full.positions));
    assert_eq!(take_back(stage, numbers(stage).await[0]).await, Loans { gone: 6918, back: 0 });
    assert_eq!(seen(stage).await, empty);
}
story!(a_ledger_taken_back_leaves_nothing_and_comes_again);

async fn a_banks_report_taken_back_leaves_the_book_before_it(stage: &Stage) {
    stage.read_in(Kind::Ledger, &demo("yizhang/ledger.xlsx")).await;
    let before = seen(stage).await;
    stage.read_in(Kind::Repayments, &demo("yizhang/bank.csv")).await;
    // A close is nothing that was built on it.
    stage.close(DAYS[1]).await;
    let (files, published) = (numbers(stage).await, stage.closed_on().await);
    let grounds = built_on(stage, files[1]).await;
    assert_eq!(
        grounds.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(),
        [GroundKind::Loans, GroundKind::Branches]
    );
    assert_eq!(take_back(stage, files[0]).await.gone, 0);
    assert_eq!((seen(stage).await, stage.closed_on().await), (before, published));
}
story!(a_banks_report_taken_back_leaves_the_book_before_it);

/// Numbers drawn from a seed, each below a bound.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    /// A file of any kind about the same few loans, households and officers as the others.
    fn file(&mut self, number: usize) -> (Kind, String) {
        match if number == 0 { 0 } else { self.below(6) } {
            0 | 1 => (Kind::Ledger, self.ledger(number)),
            2 => (Kind::Households, self.households()),
            3 => (Kind::Officers, self.officers()),
            4 => (Kind::Ledger, self.balances(number)),
            _ => (Kind::Repayments, self.repayments()),
        }
    }

    fn ledger(&mut self, number: usize) -> String {
        let day = add_days(date(2019, 4, 30), i32::try_from(number * 7 + self.below(9)).unwrap() - 4);
        let mut text = format!(
            "台账（截至{day}）\n乡镇,村,户主姓名,身份证号码,贷款银行,借据号,贷款金额（元）,放款日期,到期日期,已还本金（元）,\
             信贷管户员,产业指导员,科技特派员,带贫主体,联系电话,备注\n"
        );
        for index in (0..7).filter(|_| self.below(4) > 0).collect::<Vec<_>>() {
            let due = self.one(&["2019-05-10", "2019-05-28", "2019-07-01"]);
            let repaid = self.one(&["0", "0", "1000", "5000", "50000"]);
            let (name, mark) = (index % 5, self.one(&["", "", "（改）"]));
            let principal = self.one(&["50000", "50000", "40000"]);
            let people =
                [self.one(&["王五", "赵六", ""]), self.one(&["钱七", ""]), self.one(&["孙八", "周九"])];
            let (firm, note) = (self.one(&["甲合作社", "乙合作社", ""]), self.one(&["", "已电话联系"]));
            let phone = self.one(&["", "13800000001", "13800000002"]);
            let bank = ["农商银行某支行", "农商银行另支行", "邮储银行宜章支行"][index % 3];
            text += &format!(
                "白石渡镇,白石渡村,农户{name}{mark},{},{bank},A{index},{principal},2018-05-01,{due},{repaid},{},{firm},{phone},{note}\n",
                identity(name),
                people.join(","),
            );
        }
        text
    }

    fn balances(&mut self, number: usize) -> String {
        let day = add_days(date(2019, 5, 2), i32::try_from(number * 6).unwrap());
        let mut text = format!("月末余额清单（截至{day}）\n贷款银行,借据号,贷款余额（元）\n");
        for index in 0..4 {
            let bank = ["农商银行某支行", "农商银行另支行", "邮储银行宜章支行"][index % 3];
            text += &format!("{bank},A{index},{}\n", self.one(&["50000", "45000", "0", "30000"]));
        }
        text
    }

    fn households(&mut self) -> String {
        let mut text = "乡镇,村,户主姓名,身份证号码,家庭人口,户属性,联系电话\n".to_owned();
        for index in (0..8).filter(|_| self.below(3) > 0).collect::<Vec<_>>() {
            let (mark, size) = (self.one(&["", "", "（新）"]), self.one(&["", "3", "4"]));
            let (class, phone) = (self.one(&["", "脱贫户"]), self.one(&["", "13800000003"]));
            text +=
                &format!("白石渡镇,白石渡村,农户{index}{mark},{},{size},{class},{phone}\n", identity(index));
        }
        text
    }

    fn officers(&mut self) -> String {
        let mut text = "乡镇,姓名,身份,联系电话\n".to_owned();
        for name in ["王五", "赵六", "钱七", "吴十"] {
            let (place, role) =
                (self.one(&["白石渡镇", "玉溪镇", ""]), self.one(&["信贷管户员", "产业指导员"]));
            text += &format!("{place},{name},{role},{}\n", self.one(&["", "13800000004", "13800000005"]));
        }
        text
    }

    fn repayments(&mut self) -> String {
        let mut text = "机构名称,客户名称,借据号,交易日期,交易类型,交易金额,贷款余额,流水号\n".to_owned();
        for _ in 0..6 {
            let (index, serial) = (self.below(8), self.below(12));
            let bank = self.one(&["农商银行某支行", "邮储银行宜章支行", ""]);
            let (day, kind) =
                (self.one(&["05-03", "05-12", "05-29"]), self.one(&["还本", "还本", "还息", "其他"]));
            let (amount, balance) = (self.one(&["1000", "5000", "50000"]), self.one(&["", "", "45000", "0"]));
            text += &format!(
                "{bank},农户{},A{index},2019-{day},{kind},{amount},{balance},S{serial}\n",
                index % 5
            );
        }
        text
    }
}

/// Whatever comes, in whatever order: taken back from the last to the first, each leaves the book before it.
async fn whatever_comes_is_taken_back(engine: Engine, seeds: std::ops::Range<u64>) {
    for seed in seeds {
        let (stage, mut draw) = (Stage::new(engine).await, Draw(seed));
        let mut before = Vec::new();
        for number in 0..5 {
            before.push(seen(&stage).await);
            let (kind, text) = draw.file(number);
            stage
                .take(kind, text.as_bytes(), Take::Good)
                .await
                .unwrap_or_else(|error| panic!("{error} {text}"));
        }
        for (number, before) in numbers(&stage).await.into_iter().zip(before.into_iter().rev()) {
            take_back(&stage, number).await;
            assert_eq!(seen(&stage).await, before, "seed {seed}, import {number}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_comes_is_taken_back_on_sqlite() {
    whatever_comes_is_taken_back(Engine::Sqlite, 0..12).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_comes_is_taken_back_on_postgres() {
    whatever_comes_is_taken_back(Engine::Postgres, 12..18).await;
}
