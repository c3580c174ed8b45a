//! Made-up lists and a made-up loan for looking at the pages.

use bangfu_domain::money::Fen;
use bangfu_domain::warning::{Standing, Thresholds};
use jiff::civil::date;

use super::filter::{LoanFilter, Wanted};
use super::ribbon::Ribbon;
use super::view::{
    Chip, Choice, Choices, EventRow, Fact, LoanList, LoanRow, LoanView, Remark, Stand, StateTab, Tied, Why,
};
use crate::web::board::view::SHOWN;

pub(crate) fn list(rows: usize) -> LoanList {
    let filter = LoanFilter { state: Wanted::One(Standing::Red), ..LoanFilter::of_day(date(2019, 6, 17)) };
    let names = ["袁文", "白养秀", "崔玉武", "胡建冬", "程永梅", "欧阳小红"];
    let standings = [Standing::Red, Standing::Overdue, Standing::Yellow, Standing::Awaiting, Standing::None];
    let rows: Vec<LoanRow> = (0..rows.min(50))
        .map(|index| {
            let number = i64::try_from(index).unwrap();
            LoanRow {
                href: format!("/loans/{index}"),
                number: format!("4310222018{index:06}"),
                borrower: names[index % names.len()].to_owned(),
                standing: standings[index % standings.len()],
                due_on: date(2019, 6, 17).saturating_add(jiff::Span::new().days(number - 3)),
                days_to_due: i32::try_from(number - 3).unwrap(),
                balance: Fen::new(5_000_000 - number * 12_345),
                principal: Fen::new(5_000_000),
                disbursed_on: date(2018, 6, 17),
                purpose: "黄桃种植".to_owned(),
                township: "莽山瑶族乡".to_owned(),
                village: "白石渡村".to_owned(),
                branch: "宜章农商银行白石渡支行".to_owned(),
                manager: (index % 7 != 3).then(|| "薛明梅".to_owned()),
            }
        })
        .collect();
    let tab = |wanted: Wanted, loans| StateTab {
        wanted,
        loans: Some(loans),
        href: "/loans".to_owned(),
        here: wanted == filter.state,
    };
    let mut states = vec![tab(Wanted::Owing, 4863)];
    states.extend(SHOWN.into_iter().map(|standing| tab(Wanted::One(standing), 43)));
    states.push(tab(Wanted::Any, 6918));
    let choice = |name: &str| Choice { value: "1".to_owned(), name: name.to_owned(), chosen: false };
    LoanList {
        day: date(2019, 6, 17),
        chips: vec![Chip { label: "乡镇：玉溪镇".to_owned(), href: "/loans".to_owned() }],
        states,
        choices: Choices {
            townships: vec![choice("玉溪镇"), choice("莽山瑶族乡")],
            villages: Vec::new(),
            branches: vec![choice("宜章农商银行白石渡支行")],
            officers: vec![choice("薛明梅")],
        },
        loans: u64::try_from(rows.len()).unwrap() * 200,
        complete: true,
        households: Vec::new(),
        more_households: false,
        balance: Fen::new(1_907_600_000 * i64::from(!rows.is_empty())),
        previous: None,
        next: (rows.len() == 50).then(|| "key".to_owned()),
        pages: u64::try_from(rows.len()).unwrap() * 4,
        rows,
        filter,
    }
}

pub(crate) fn loan() -> LoanView {
    let fact = |key: &'static str, value: &str| Fact::of(key, value.to_owned());
    let rule = Thresholds { red_to_days: 7, yellow_to_days: 30, blue_to_days: 60, green_to_days: 90 };
    LoanView {
        number: "4310222018000004".to_owned(),
        borrower: "胡建冬".to_owned(),
        day: date(2019, 6, 17),
        past: true,
        standing: Standing::Yellow,
        balance: Fen::new(1_500_000),
        place: "白石渡镇 白石渡村".to_owned(),
        place_href: Some("/loans?village=431022101201".to_owned()),
        back: "/loans?state=yellow".to_owned(),
        why: Why {
            sentence: "离到期还有 16 天，落在黄色预警的 8–30 天之内。".to_owned(),
            facts: vec![
                fact("due-on", "2019-07-03"),
                fact("balance", "15,000.00 元"),
                fact("until", "2019-06-17"),
                fact("rule-pack", "宜章县 2019 年扶贫小额信贷"),
            ],
            due_provisional: true,
            next: Some((date(2019, 6, 26), Standing::Red)),
            later_key: "why-next-never",
            ribbon: Some(Ribbon::draw(16, Standing::Yellow, Standing::Awaiting, &rule)),
        },
        contract: vec![
            fact("principal", "15,000.00 元"),
            fact("rate", "4.75%"),
            fact("disbursed-on", "2018-07-03"),
            fact("due-on", "2019-07-03"),
            fact("term", ""),
            fact("purpose", "土鸡养殖"),
            fact("branch", "宜章农商银行白石渡支行"),
        ],
        household: vec![
            fact("household-head", "胡建冬"),
            Fact {
                unmask: Some("/loans/7/unmask?kind=identity".to_owned()),
                ..fact("identity", "431099********3213")
            },
            fact("household-size", "2"),
            fact("household-class", "脱贫户"),
        ],
        officers: vec![
            Tied {
                role_key: "role-credit-manager",
                name: Some("薛明梅".to_owned()),
                href: Some("/loans?officer=3".to_owned()),
            },
            Tied { role_key: "role-industry-guide", name: Some("白秀娥".to_owned()), href: None },
            Tied { role_key: "role-technology-officer", name: None, href: None },
        ],
        findings: vec![Remark {
            message: "期限 12 个月与放款、到期日期不符。".to_owned(),
            cure: Some("请核对合同上的期限。".to_owned()),
            source: Some("ledger.xlsx 台账 第 8 行".to_owned()),
            href: Some("/import/1".to_owned()),
            resolved: false,
            own: None,
        }],
        differences: vec![Remark {
            message: "银行报余额 10,000.00 元，账上为 15,000.00 元。".to_owned(),
            cure: None,
            source: Some("bank.csv".to_owned()),
            href: None,
            resolved: false,
            own: Some("/differences/7".to_owned()),
        }],
        stands: vec![
            Stand {
                from: date(2019, 6, 26),
                standing: Standing::Red,
                balance: Fen::new(1_500_000),
                now: false,
                ahead: true,
            },
            Stand {
                from: date(2019, 6, 3),
                standing: Standing::Yellow,
                balance: Fen::new(1_500_000),
                now: true,
                ahead: false,
            },
        ],
        events: vec![EventRow {
            on: date(2018, 7, 3),
            what: "放款".to_owned(),
            amount: Some(Fen::new(1_500_000)),
            recorded_at: date(2019, 6, 17).at(9, 5, 0, 0),
            source: Some(("ledger.xlsx".to_owned(), Some("/import/1".to_owned()))),
        }],
    }
}
