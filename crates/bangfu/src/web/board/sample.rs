//! A made-up board for looking at the page.

use bangfu_domain::warning::{Standing, Thresholds};
use jiff::civil::date;

use super::address::BoardAddress;
use super::ranges::DaysRanges;
use super::table::{self, Count, Place, Tallies, tally};
use super::view::{Board, BranchUntil, Move, Published, Until};
use crate::texts::Lang;
use crate::web::chart::{Maturities, Trend};
use crate::web::loan::filter::LoanFilter;
use crate::web::page::unsigned;

const TOWNSHIPS: [(&str, [u64; 7]); 19] = [
    ("玉溪镇", [3, 6, 9, 11, 16, 1, 375]),
    ("天塘镇", [2, 5, 14, 14, 6, 0, 411]),
    ("关溪乡", [2, 3, 3, 13, 10, 0, 191]),
    ("笆篱镇", [2, 2, 15, 21, 16, 0, 462]),
    ("栗源镇", [2, 2, 6, 8, 8, 0, 238]),
    ("瑶岗仙镇", [2, 2, 5, 11, 8, 0, 194]),
    ("杨梅山镇", [2, 1, 9, 4, 10, 0, 256]),
    ("一六镇", [2, 1, 8, 17, 15, 0, 338]),
    ("莽山瑶族乡", [2, 1, 5, 1, 8, 0, 133]),
    ("赤石乡", [1, 1, 5, 3, 6, 0, 221]),
    ("黄沙镇", [0, 5, 9, 11, 18, 0, 301]),
    ("梅田镇", [0, 3, 8, 16, 16, 2, 327]),
    ("五岭镇", [0, 3, 4, 6, 6, 0, 280]),
    ("浆水乡", [0, 3, 4, 7, 10, 0, 213]),
    ("里田镇", [0, 3, 3, 11, 7, 0, 227]),
    ("岩泉镇", [0, 2, 10, 13, 13, 0, 312]),
    ("白石渡镇", [0, 0, 4, 2, 3, 0, 80]),
    ("迎春镇", [0, 0, 3, 10, 3, 0, 185]),
    ("长村乡", [0, 0, 0, 5, 5, 0, 119]),
];

fn tallies(counts: [u64; 7]) -> Tallies {
    let [overdue, red, yellow, blue, green, awaiting, owing] = counts;
    let each = |loans: u64| tally(loans, i64::try_from(loans).unwrap() * 3_925_000);
    let none = owing - overdue - red - yellow - blue - green - awaiting;
    [each(none), each(green), each(blue), each(yellow), each(red), each(awaiting), each(overdue), each(0)]
}

pub(crate) fn board(lang: Lang, rows: usize, fresh: bool) -> Board {
    let day = date(2019, 6, 17);
    let list = LoanFilter::of_day(day);
    let address = BoardAddress::default();
    let rule = Thresholds { red_to_days: 7, yellow_to_days: 30, blue_to_days: 60, green_to_days: 90 };
    let ranges = DaysRanges((rows != 266).then_some(rule));
    let counts: Vec<Count> = TOWNSHIPS
        .iter()
        .cycle()
        .take(rows)
        .enumerate()
        .map(|(index, (name, counts))| Count {
            place: Place::Township(format!("431022{:03}000", 100 + index)),
            name: (*name).to_owned(),
            name_key: format!("{index}"),
            within: (rows > 19).then(|| "玉溪镇".to_owned()),
            tallies: tallies(*counts),
        })
        .collect();
    let sum = counts.iter().fold(Tallies::default(), |mut sum, count| {
        for (sum, tally) in sum.iter_mut().zip(count.tallies) {
            *sum = table::tally(sum.loans + tally.loans, (sum.balance + tally.balance).get());
        }
        sum
    });
    let mut before = sum;
    for (index, change) in [(1, 2), (2, 5), (4, 4), (6, 1)] {
        before[index].loans = before[index].loans.saturating_sub(change);
    }
    let table = table::table(lang, &address, &list, &ranges, counts);
    let trend: Vec<_> = (0..90)
        .map(|back| {
            let number = u64::try_from(back).unwrap();
            let wave = |from: u64, by: u64| from + by * (number % 30).min(30 - number % 30) / 15 + number / 9;
            let day = day.saturating_sub(jiff::Span::new().days(89 - back));
            (day, [number / 5, wave(38, 9), wave(110, 22), wave(172, 12), wave(160, 30)])
        })
        .collect();
    let months: Vec<_> = (0..12)
        .map(|ahead| {
            let month = date(2019, 6, 1).saturating_add(jiff::Span::new().months(ahead));
            let balance =
                table::tally(168, 6_000_000_000 + i64::from(ahead) * 731_000_000 % 4_100_000_000).balance;
            (month, 168, balance, LoanFilter { due: Some(month), ..list.clone() }.address())
        })
        .collect();
    let moves = [
        (Standing::Red, Standing::Overdue, 1),
        (Standing::Yellow, Standing::Red, 5),
        (Standing::Blue, Standing::Yellow, 12),
        (Standing::Green, Standing::Blue, 9),
        (Standing::None, Standing::Green, 11),
        (Standing::Red, Standing::Settled, 3),
    ];
    Board {
        differences: unsigned(rows),
        title: if lang == Lang::Zh {
            "宜章县 扶贫小额信贷预警看板"
        } else {
            "宜章县 · Poverty microcredit: warning board"
        }
        .to_owned(),
        day,
        address: address.clone(),
        closed: Some((day, Some(date(2019, 6, 17).at(0, 30, 0, 0)))),
        first: Some(date(2019, 4, 30)),
        owing: table::owing(&sum),
        overdue: table::overdue(&sum),
        figures: table::figures(&list, &ranges, &sum, Some(&before)),
        days_differ: ranges.0.is_none(),
        unconfirmed: Some("没有文件规定天数，由县里确定".to_owned()),
        tabs: table::tabs(&address),
        narrowed: None,
        headings: table.headings,
        rows: table.rows,
        quiet: table.quiet,
        total: table.total,
        moves: (rows > 0).then(|| {
            let moves = moves.into_iter();
            moves
                .map(|(from, to, loans)| Move { from, to, loans, href: list.standing(to).address() })
                .collect()
        }),
        fresh,
        trend: if rows > 0 { Trend::draw(lang, &trend) } else { None },
        maturities: if rows > 0 { Maturities::draw(lang, &months) } else { None },
        untils: ["宜章农商银行", "邮储银行宜章支行"]
            .into_iter()
            .filter(|_| rows > 0)
            .zip(0..)
            .map(|(lender, behind)| Until {
                lender: lender.to_owned(),
                earliest: Some(day.saturating_sub(jiff::Span::new().days(behind * 3))),
                behind: Some(behind * 3),
                branches: [("玉溪支行", Some(day)), ("梅田支行", None)]
                    .map(|(name, until)| BranchUntil {
                        name: format!("{lender}{name}"),
                        href: "/branches/1".to_owned(),
                        until,
                    })
                    .to_vec(),
            })
            .collect(),
        published: if fresh {
            let (then, now) = (tally(19, 6_300_000), tally(20, 6_800_000));
            Some(vec![Published { standing: Standing::Overdue, then, now }])
        } else {
            None
        },
    }
}
