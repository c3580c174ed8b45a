//! What must hold for any files: whatever comes, in whatever order, it can be taken back.

use std::collections::BTreeMap;

use bangfu_domain::loan::add_days;
use bangfu_sheets::Kind;
use bangfu_usecase::Error;
use bangfu_usecase::error::Refusal;
use bangfu_usecase::import::{self, Meter, Take};
use jiff::civil::date;

use crate::any_book::identity;
use crate::seen::seen;
use crate::stage::{Engine, Stage};
use crate::taken_back::{numbers, take_back};

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

/// Files of any kind, one after the other.
fn files(seed: u64, count: usize) -> Vec<(Kind, String)> {
    let mut draw = Draw(seed);
    (0..count).map(|number| draw.file(number)).collect()
}

async fn read_in(stage: &Stage, (kind, text): &(Kind, String)) {
    let taken = stage.take(*kind, text.as_bytes(), Take::Good).await;
    taken.unwrap_or_else(|error| panic!("{error} {text}"));
}

/// Taken back from the last to the first, each leaves the book before it.
async fn from_the_last_to_the_first(engine: Engine, seeds: std::ops::Range<u64>) {
    let mut changed = BTreeMap::new();
    for seed in seeds {
        let stage = Stage::new(engine).await;
        let mut before = vec![seen(&stage).await];
        for file in files(seed, 5) {
            read_in(&stage, &file).await;
            before.push(seen(&stage).await);
            if before[before.len() - 2..].windows(2).any(|pair| pair[0] != pair[1]) {
                *changed.entry(file.0.key()).or_insert(0) += 1;
            }
        }
        before.pop();
        for (number, before) in numbers(&stage).await.into_iter().zip(before.into_iter().rev()) {
            take_back(&stage, number).await;
            assert_eq!(seen(&stage).await, before, "seed {seed}, import {number}");
        }
    }
    assert!(changed.len() == 4 && changed.values().all(|times| *times > 1), "{changed:?}");
}

/// One that nothing was built on leaves the book as if it had never come.
async fn as_if_it_had_never_come(engine: Engine, seeds: std::ops::Range<u64>) {
    let mut taken = 0;
    for seed in seeds {
        let (with, without) = (Stage::new(engine).await, Stage::new(engine).await);
        let all = files(seed, 3);
        for (place, file) in all.iter().enumerate() {
            read_in(&with, file).await;
            if place != 1 {
                read_in(&without, file).await;
            }
        }
        let number = numbers(&with).await[1];
        match import::undo(&with.db, &with.ctx(), number, &Meter::default()).await {
            Ok(_) => {
                taken += 1;
                let (with, without) = (seen(&with).await, seen(&without).await);
                let [with, without] = [with, without].map(|seen| format!("{seen:#?}"));
                let differ: Vec<_> =
                    with.lines().zip(without.lines()).filter(|(one, other)| one != other).collect();
                assert!(with == without, "seed {seed} {all:#?} {:#?}", &differ[..differ.len().min(20)]);
            }
            Err(Error::Refused(Refusal::BuiltOn { .. })) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert!(taken > 2, "{taken}");
}

#[tokio::test(flavor = "multi_thread")]
async fn any_files_are_taken_back_on_sqlite() {
    from_the_last_to_the_first(Engine::Sqlite, 0..12).await;
    as_if_it_had_never_come(Engine::Sqlite, 100..130).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn any_files_are_taken_back_on_postgres() {
    from_the_last_to_the_first(Engine::Postgres, 12..20).await;
}
