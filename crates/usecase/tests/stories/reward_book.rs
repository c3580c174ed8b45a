//! The loans of the stories of rewards: repaid in time, late, in parts, on a rest day, not at all.

use std::collections::BTreeMap;

use bangfu_domain::money::Fen;
use bangfu_sheets::Kind;
use jiff::civil::date;

use crate::any_book::identity;
use crate::stage::Stage;

/// A loan: what was lent in yuan, due day, what was repaid on which days of May, and whether an enterprise carries it.
pub(crate) struct Case {
    pub(crate) number: &'static str,
    pub(crate) yuan: &'static str,
    due: &'static str,
    paid: &'static [(&'static str, &'static str)],
    pub(crate) carried: bool,
}

/// The loans of the story. Each was lent on 15 May 2018.
pub(crate) const CASES: [Case; 9] = [
    Case { number: "R0", yuan: "50000", due: "2019-05-15", paid: &[("20190515", "50000")], carried: true },
    Case {
        number: "R1",
        yuan: "30000.25",
        due: "2019-05-15",
        paid: &[("20190510", "30000.25")],
        carried: false,
    },
    // A day late.
    Case { number: "R2", yuan: "40000", due: "2019-05-15", paid: &[("20190516", "40000")], carried: true },
    // In parts, the last on the day.
    Case {
        number: "R3",
        yuan: "20000.75",
        due: "2019-05-20",
        paid: &[("20190502", "5000.75"), ("20190520", "15000")],
        carried: true,
    },
    // Due on a Saturday, repaid on the Monday: the pack is silent.
    Case { number: "R4", yuan: "10000", due: "2019-05-18", paid: &[("20190520", "10000")], carried: false },
    // Still owed.
    Case { number: "R5", yuan: "10000", due: "2019-05-15", paid: &[("20190515", "9999")], carried: true },
    // Repaid after the period.
    Case { number: "R6", yuan: "10000", due: "2019-06-15", paid: &[("20190603", "10000")], carried: false },
    Case {
        number: "R7",
        yuan: "12345.67",
        due: "2019-05-31",
        paid: &[("20190531", "12345.67")],
        carried: true,
    },
    Case { number: "R8", yuan: "8000", due: "2019-05-31", paid: &[("20190501", "8000")], carried: false },
];

fn ledger() -> Vec<u8> {
    let header =
        "乡镇,村,借款人,身份证号码,贷款银行,借据号,贷款金额（元）,放款日期,到期日期,已还本金（元）,带贫主体";
    let rows = CASES.iter().enumerate().map(|(index, case)| {
        let firm = if case.carried { "宜章某合作社" } else { "" };
        let (who, number, yuan, due) = (identity(index), case.number, case.yuan, case.due);
        format!(
            "白石渡镇,白石渡村,农户{index},{who},农商银行某支行,{number},{yuan},2018-05-15,{due},0,{firm}\n"
        )
    });
    format!("台账（截至2019-04-30）\n{header}\n{}", rows.collect::<String>()).into_bytes()
}

fn bank(cases: &[(usize, &'static str, &'static str)]) -> Vec<u8> {
    let mut left: BTreeMap<usize, i64> = BTreeMap::new();
    let rows = cases.iter().map(|(index, day, amount)| {
        let case = &CASES[*index];
        let owed = left.entry(*index).or_insert_with(|| fen(case.yuan));
        *owed -= fen(amount);
        let (who, left, number) = (identity(*index), Fen::new(*owed), case.number);
        format!("农商银行某支行,农户{index},{who},{number},{day},还本,{amount},{left},S{index}{day}\n")
    });
    let header = "机构名称,客户名称,证件号码,借据号,交易日期,交易类型,交易金额,贷款余额,流水号\n";
    format!("{header}{}", rows.collect::<String>()).into_bytes()
}

fn fen(yuan: &str) -> i64 {
    let (whole, part) = yuan.split_once('.').unwrap_or((yuan, "00"));
    whole.parse::<i64>().unwrap() * 100 + part.parse::<i64>().unwrap()
}

/// What a percentage of an amount comes to, half up, reckoned without the program.
pub(crate) fn part(yuan: &str, percent: i64) -> i64 {
    (fen(yuan) * percent + 50) / 100
}

pub(crate) async fn book(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger()).await;
    let paid = CASES.iter().enumerate();
    let paid: Vec<_> = paid
        .flat_map(|(index, case)| case.paid.iter().map(move |(day, yuan)| (index, *day, *yuan)))
        .collect();
    stage.read_in(Kind::Repayments, &bank(&paid)).await;
    stage.close(date(2019, 6, 17)).await;
}
