//! Layouts: learnt from a file, laid over the next one, recognised among others.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use bangfu_domain::bank::Home;
use bangfu_sheets::Kind;
use bangfu_sheets::book::Book;
use bangfu_sheets::cell::Unit;
use bangfu_sheets::fault::FaultCode;
use bangfu_sheets::layout::{Label, Layout, Recognised, Source, recognise, sketches};
use bangfu_sheets::ledger::{self, LedgerRow, balances};
use bangfu_sheets::parsed::Parsed;
use bangfu_sheets::read::read_book;
use proptest::prelude::*;

const HOME: Home<'static> = Home { code: "410225000000", name: "兰考县", besides: &[] };

fn book(text: &str) -> Book {
    read_book(text.as_bytes()).unwrap()
}

fn read(book: &Book, layout: Option<&Layout>) -> Parsed<LedgerRow> {
    ledger::read(book, HOME, &ledger::Known::default(), layout, None).unwrap()
}

fn column(text: &str) -> Source {
    let label = Label { text: text.to_owned(), ..Label::default() };
    Source::Column { label, unit: None, years: None }
}

/// The layout of a book's only table with these fields told otherwise.
fn corrected(book: &Book, fields: &[(&str, Source)]) -> Layout {
    let mut sketches = sketches(book, Kind::Ledger, None, None);
    let mut sketch = sketches.remove(0);
    sketch.fields.extend(fields.iter().map(|(key, source)| ((*key).to_owned(), source.clone())));
    Layout { tables: sketch.tables(true, &sketch.fields) }
}

/// A ledger of a house of its own words: no name of it is usual but that of the village.
const ODD: [(&str, &str); 9] = [
    ("村", "东村"),
    ("借钱的人", "张三"),
    ("他的证号", "11010519491231002X"),
    ("从哪家借的", "兰考农商银行"),
    ("条子号", "LK1"),
    ("借了多少（元）", "50000"),
    ("哪天借的", "2018-5-1"),
    ("哪天该还", "2020-5-1"),
    ("还了多少（元）", "1000"),
];

fn table(titles: &[&str], columns: &[(&str, &str)]) -> String {
    let line = |at: fn(&(&str, &str)) -> String| columns.iter().map(at).collect::<Vec<_>>().join(",");
    let titles: String = titles.iter().map(|title| format!("{title}\n")).collect();
    format!("{titles}{}\n{}\n", line(|column| column.0.to_owned()), line(|column| column.1.to_owned()))
}

fn odd_layout() -> Layout {
    let fields = [
        ("borrower", column("借钱的人")),
        ("identity", column("他的证号")),
        ("bank", column("从哪家借的")),
        ("number", column("条子号")),
        ("principal", column("借了多少(元)")),
        ("disbursed-on", column("哪天借的")),
        ("due-on", column("哪天该还")),
        ("repaid", column("还了多少(元)")),
    ];
    corrected(&book(&table(&["台账（截至2019年4月30日）"], &ODD)), &fields)
}

#[test]
fn a_layout_reads_columns_under_names_that_nobody_knows() {
    let odd = book(&table(&["台账（截至2019年4月30日）"], &ODD));
    assert!(ledger::read(&odd, HOME, &ledger::Known::default(), None, None).is_err());
    let parsed = read(&odd, Some(&odd_layout()));
    assert_eq!((parsed.rows.len(), parsed.findings.len()), (1, 0));
    assert_eq!(parsed.rows[0].repaid_fen.unwrap().get(), 100_000);
    assert_eq!(parsed.as_of.unwrap().to_string(), "2019-04-30");
}

#[test]
fn a_layout_is_kept_as_text_and_read_again() {
    let layout = odd_layout();
    let text = serde_json::to_string(&layout).unwrap();
    assert_eq!(serde_json::from_str::<Layout>(&text).unwrap(), layout);
    assert!(text.contains(r#""bank":{"column":{"label":{"text":"从哪家借的"}}}"#), "{text}");
}

#[test]
fn an_optional_column_that_is_gone_is_told_and_a_required_one_looked_for_by_its_names() {
    let mut columns = ODD.to_vec();
    columns[8].0 = "还款数";
    columns[4].0 = "借据号";
    let changed = book(&table(&["截至2019年5月31日"], &columns));
    let parsed = read(&changed, Some(&odd_layout()));
    assert_eq!((parsed.rows[0].number.as_str(), parsed.rows[0].repaid_fen), ("LK1", None));
    let missing = vec!["条子号".to_owned(), "还了多少(元)".to_owned()];
    assert_eq!(parsed.findings[0].code, FaultCode::LayoutMisfit { missing });
}

#[test]
fn a_required_column_that_is_gone_for_good_refuses_the_file() {
    let mut columns = ODD.to_vec();
    columns[4].0 = "单子号";
    let changed = book(&table(&["截至2019年5月31日"], &columns));
    let fault =
        ledger::read(&changed, HOME, &ledger::Known::default(), Some(&odd_layout()), None).unwrap_err();
    assert_eq!(fault.missing.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["number"]);
    assert!(fault.found.contains(&"单子号".to_owned()));
}

#[test]
fn units_years_and_what_holds_for_every_row_are_the_layouts_to_say() {
    let columns = [
        ("村", "东村"),
        ("姓名", "张三"),
        ("身份证号", "11010519491231002X"),
        ("借据号", "1"),
        ("贷款金额", "5"),
        ("放款日期", "2018-5-1"),
        ("期限", "2"),
    ];
    let plain = book(&table(&["截至2019年4月30日"], &columns));
    let column = |text: &str, unit, years| {
        let label = Label { text: text.to_owned(), ..Label::default() };
        Source::Column { label, unit, years }
    };
    let layout = corrected(
        &plain,
        &[
            ("principal", column("贷款金额", Some(Unit::TenThousandYuan), None)),
            ("term", column("期限", None, Some(true))),
            ("bank", Source::Fixed("兰考农商银行".to_owned())),
        ],
    );
    let parsed = read(&plain, Some(&layout));
    let row = &parsed.rows[0];
    assert_eq!((row.principal_fen.get(), row.bank_branch.as_str()), (5_000_000, "兰考农商银行"));
    assert_eq!(row.due_on.to_string(), "2020-05-01");
    // The header says another unit now than when somebody told it: the column is not the one that was meant.
    let stated =
        book(&table(
            &["截至2019年4月30日"],
            &columns.map(|(text, value)| {
                if text == "贷款金额" { ("贷款金额（元）", value) } else { (text, value) }
            }),
        ));
    let parsed = read(&stated, Some(&layout));
    assert_eq!(parsed.rows[0].principal_fen.get(), 500);
    let missing = vec!["贷款金额".to_owned()];
    assert_eq!(parsed.findings[0].code, FaultCode::LayoutMisfit { missing });
}

#[test]
fn the_name_of_a_sheet_may_be_its_township() {
    let mut sheets = book(&table(&["截至2019年4月30日"], &ODD));
    sheets.sheets[0].name = "城关镇".to_owned();
    let mut layout = odd_layout();
    layout.tables[0].fields.insert("township".to_owned(), Source::SheetName);
    assert_eq!(read(&sheets, Some(&layout)).rows[0].township.as_deref(), Some("城关镇"));
    layout.tables[0].sheets = "台账*".to_owned();
    assert!(ledger::read(&sheets, HOME, &ledger::Known::default(), Some(&layout), None).is_err());
}

#[test]
fn tables_below_one_another_have_columns_and_units_of_their_own() {
    let head = "村,姓名,身份证号,贷款银行,借据号,贷款金额（元）,放款日期,到期日期,已还本金（万元）";
    let other = "借据号,姓名,身份证号,贷款银行,村,贷款金额（万元）,放款日期,到期日期,已还本金（元）";
    let text = format!(
        "台账（截至2019年4月30日）\n{head}\n\
         东村,张三,11010519491231002X,兰考农商银行,1,50000,2018-5-1,2020-5-1,0.5\n合计,,,,,50000,,,0.5\n\
         {head}\n\
         东村,张三,11010519491231002X,兰考农商银行,2,10000,2018-5-1,2020-5-1,0\n\
         信用社部分\n{other}\n\
         3,李四,11010519491231002X,兰考农商银行,西村,3,2018-5-1,2020-5-1,200\n"
    );
    let sheet = book(&text);
    for layout in [None, Some(Layout::learn(&sheet, Kind::Ledger))] {
        let parsed = read(&sheet, layout.as_ref());
        let rows: Vec<(&str, &str, i64, i64)> = parsed
            .rows
            .iter()
            .map(|row| {
                let repaid = row.repaid_fen.unwrap().get();
                (row.number.as_str(), row.village.as_str(), row.principal_fen.get(), repaid)
            })
            .collect();
        assert_eq!(
            rows,
            [
                ("1", "东村", 5_000_000, 500_000),
                ("2", "东村", 1_000_000, 0),
                ("3", "西村", 3_000_000, 20_000)
            ]
        );
        let skipped: usize = parsed.skipped.by_kind().iter().map(|(_, count)| count).sum();
        assert_eq!(parsed.read, parsed.rows.len() + parsed.bad.len() + skipped);
        assert_eq!(parsed.read, sheet.sheets[0].rows.len());
        assert_eq!(parsed.findings, Vec::new());
    }
}

#[test]
fn a_wider_table_below_leaves_the_rows_of_the_first_to_their_own_header() {
    let head = "村,姓名,身份证号,贷款银行,借据号,贷款金额,放款日期,到期日期";
    let record = |number| format!("东村,张三,11010519491231002X,兰考农商银行,{number},100,2018-5-1,2020-5-1");
    for between in ["", "信用社部分\n", "信用社部分\n单位：元\n"] {
        let text = format!("{head}\n{}\n{between}{head},用途,备注\n{},种果,\n", record(1), record(2));
        let sheet = book(&text);
        for layout in [None, Some(Layout::learn(&sheet, Kind::Ledger))] {
            let parsed = read(&sheet, layout.as_ref());
            let rows: Vec<_> = parsed.rows.iter().map(|row| (&*row.number, row.purpose.as_deref())).collect();
            assert_eq!(rows, [("1", None), ("2", Some("种果"))], "{between:?} {}", layout.is_some());
        }
    }
}

#[test]
fn a_sheet_of_more_tables_than_are_read_says_from_which_row() {
    let heads = [
        "村,姓名,身份证号,贷款银行,借据号,贷款金额,放款日期,到期日期",
        "村,姓名,身份证号,贷款银行,借据号,放款日期,到期日期,贷款金额",
    ];
    let tables = (0..1_003).map(|nth| {
        let rest = if nth % 2 == 0 { "100,2018-5-1,2020-5-1" } else { "2018-5-1,2020-5-1,100" };
        format!("{}\n东村,张三,11010519491231002X,兰考农商银行,{nth},{rest}\n", heads[nth % 2])
    });
    let sheet = book(&tables.collect::<String>());
    let parsed = read(&sheet, None);
    assert_eq!((parsed.rows.len(), parsed.bad.len()), (1_000, 0));
    let told: Vec<(u32, &FaultCode)> =
        parsed.findings.iter().map(|finding| (finding.at.row, &finding.code)).collect();
    assert_eq!(told, [(2_001, &FaultCode::TablesBeyond { max: 1_000 })]);
    assert_eq!(sketches(&sheet, Kind::Ledger, None, None).len(), 1_000);
}

#[test]
fn a_file_is_recognised_by_its_texts_and_never_as_one_of_two_that_are_alike() {
    let (odd, usual) = (odd_layout(), Layout::learn(&book(USUAL), Kind::Ledger));
    let mut columns = ODD.to_vec();
    columns.insert(2, ("新的一列", "x"));
    columns.swap(0, 5);
    let next = book(&table(&["县金融办", "截至2019年5月31日"], &columns));
    let layouts = [usual.clone(), odd.clone()];
    let one = |index| Recognised::One { index, gone: Vec::new() };
    assert_eq!(recognise(&next, Kind::Ledger, &layouts), one(1));
    assert_eq!(recognise(&book(USUAL), Kind::Ledger, &layouts), one(0));
    assert_eq!(recognise(&next, Kind::Ledger, std::slice::from_ref(&usual)), Recognised::None);
    columns[6].0 = "哪天还清";
    let changed = book(&table(&["截至2019年6月30日"], &columns));
    let Recognised::One { index: 1, gone } = recognise(&changed, Kind::Ledger, &layouts) else { panic!() };
    assert_eq!(gone.len(), 1);
    let mut other = odd.clone();
    other.tables[0].fields.insert("township".to_owned(), Source::Fixed("城关镇".to_owned()));
    let layouts = [odd, other];
    assert_eq!(recognise(&next, Kind::Ledger, &layouts), Recognised::Several(vec![0, 1]));
}

const USUAL: &str = "台账（截至2019年4月30日）\n\
    序号,村,姓名,身份证号,贷款银行,借据号,贷款金额（元）,放款日期,到期日期,备注\n\
    1,东村,张三,11010519491231002X,兰考农商银行,1,100,2019-1-1,2020-1-1,\n";

#[test]
fn a_banks_list_of_balances_is_told_from_a_ledger_by_having_no_places() {
    let list = "兰考农商银行月末余额清单\n截至2019年5月31日\n\
        借据号,客户名称,证件号码,贷款余额（元）,到期日\n\
        LK1,张三,1101**********002X,49000,2020-5-1\n\
        合计,,,49000,\n";
    let list = book(list);
    assert!(!balances::fits(&list, None), "no column names the bank");
    let layout = corrected(&list, &[("bank", Source::Fixed("兰考农商银行".to_owned()))]);
    assert!(balances::fits(&list, Some(&layout)));
    let parsed = balances::read(&list, HOME, Some(&layout)).unwrap();
    assert_eq!((parsed.rows.len(), parsed.bad.len(), parsed.skipped.total), (1, 0, 1));
    let row = &parsed.rows[0];
    assert_eq!((row.number.as_str(), row.balance_fen.get(), &row.identity), ("LK1", 4_900_000, &None));
    assert_eq!(parsed.as_of.unwrap().to_string(), "2019-05-31");
    let ledger = "乡镇,贷款银行,借据号,贷款余额\n城关镇,兰考农商银行,LK1,1\n";
    assert!(!balances::fits(&book(ledger), None));
}

#[test]
fn sketches_show_every_column_with_samples_and_what_is_understood() {
    let text = USUAL.replace("贷款银行", "放款的那家");
    let sketches = sketches(&book(&text), Kind::Ledger, None, None);
    assert_eq!((sketches.len(), sketches[0].first_row, sketches[0].columns.len()), (1, 2, 10));
    assert_eq!(sketches[0].columns[4].values, ["兰考农商银行"]);
    assert!(!sketches[0].fields.contains_key("bank"));
    assert_eq!(sketches[0].fields["number"], column("借据号"));
    let told = bangfu_sheets::layout::sketches(&book(&text), Kind::Ledger, None, Some((1, 2)));
    assert_eq!((told[0].first_row, told[0].last_row), (1, 2));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the order of the columns, the title rows above and the columns beside: the same rows.
    #[test]
    fn a_learnt_layout_reads_the_same_rows_from_columns_in_any_order(
        order in Just((0..ODD.len()).collect::<Vec<_>>()).prop_shuffle(),
        titles in prop::collection::vec("[甲乙丙丁]{1,6}", 0..4),
        extra in prop::collection::btree_map("[子丑寅卯]{2,4}", "[0-9]{0,3}", 0..3),
        at in 0_usize..9,
    ) {
        let layout = odd_layout();
        let before = read(&book(&table(&["截至2019年4月30日"], &ODD)), Some(&layout));
        let mut columns: Vec<(&str, &str)> = order.iter().map(|index| ODD[*index]).collect();
        let extra: BTreeMap<String, String> = extra;
        for (text, value) in &extra {
            columns.insert(at.min(columns.len()), (text, value));
        }
        let mut lines: Vec<&str> = titles.iter().map(String::as_str).collect();
        lines.push("截至2019年4月30日");
        let next = book(&table(&lines, &columns));
        let recognised = recognise(&next, Kind::Ledger, std::slice::from_ref(&layout));
        prop_assert_eq!(recognised, Recognised::One { index: 0, gone: Vec::new() });
        let after = read(&next, Some(&layout));
        let plain = |parsed: &Parsed<LedgerRow>| {
            let rows = parsed.rows.iter().cloned();
            rows.map(|row| LedgerRow { at: Default::default(), ..row }).collect::<Vec<_>>()
        };
        prop_assert_eq!(plain(&before), plain(&after));
        prop_assert_eq!(after.as_of, before.as_of);
    }
}
