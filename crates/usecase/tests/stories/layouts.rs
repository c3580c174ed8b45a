//! Layouts that the county remembers, banks' lists of balances, and the register's export.

use bangfu_domain::money::Fen;
use bangfu_sheets::Kind;
use bangfu_sheets::book::Cell;
use bangfu_sheets::layout::{Label, Layout, Source, sketches};
use bangfu_sheets::read::read_book;
use bangfu_sheets::template::{Template, Words, position, write};
use bangfu_store::household;
use bangfu_usecase::Error;
use bangfu_usecase::error::Refusal;
use bangfu_usecase::import::{self, Meter, Take, Upload};
use bangfu_usecase::layout::{self, Chosen};
use bangfu_usecase::template::lists;
use jiff::civil::date;

use crate::any_book::identity;
use crate::slips::{ledger, sound};
use crate::stage::{Stage, upload};
use crate::story;

fn column(text: &str) -> Source {
    let label = Label { text: text.to_owned(), ..Label::default() };
    Source::Column { label, unit: None, years: None }
}

/// The layout of an upload, with these fields told by somebody.
fn told(upload: &Upload, fields: &[(&str, Source)]) -> Layout {
    let mut sketch = sketches(&upload.book, upload.kind, None, None).remove(0);
    sketch.fields.extend(fields.iter().map(|(key, source)| ((*key).to_owned(), source.clone())));
    Layout { tables: sketch.tables(true, &sketch.fields) }
}

fn for_once(layout: Layout) -> Chosen {
    Chosen { layout_id: None, name: String::new(), layout }
}

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

async fn a_layout_is_named_corrected_renamed_recognised_and_forgotten(stage: &Stage) {
    let (db, ctx) = (&stage.db, || stage.ctx());
    let text = String::from_utf8(ledger(&[sound(1)])).unwrap().replace("借据号", "条子号");
    let file = upload(Kind::Ledger, text.as_bytes());
    assert!(matches!(refused(stage.try_check(Kind::Ledger, text.as_bytes()).await), Refusal::Header(_)));
    let layout = told(&file, &[("number", column("条子号"))]);
    let named = layout::remember(db, &ctx(), Kind::Ledger, " 白石渡台账 ", &layout).await.unwrap();
    assert_eq!(named.name, "白石渡台账");

    let next = upload(Kind::Ledger, format!("县金融办\n{text}").as_bytes());
    let found = layout::recognise(db, &ctx(), Kind::Ledger, &next.book).await.unwrap();
    assert_eq!(found.chosen.as_ref(), Some(&named));
    let other_kind = layout::recognise(db, &ctx(), Kind::Repayments, &next.book).await.unwrap();
    assert_eq!(other_kind.chosen, None);
    let next = Upload { layout: found.chosen, ..next };
    let report = import::check(db, &ctx(), &next, &Meter::default()).await.unwrap();
    assert_eq!((report.rows.good, report.layout.as_deref()), (1, Some("白石渡台账")));

    // Named again, it is told anew; another layout may not take the name.
    let again = layout::remember(db, &ctx(), Kind::Ledger, "白石渡台账", &layout).await.unwrap();
    assert_eq!(again.layout_id, named.layout_id);
    let other = layout::remember(db, &ctx(), Kind::Ledger, "别的", &layout).await.unwrap();
    let (id, other_id) = (named.layout_id.unwrap(), other.layout_id.unwrap());
    let taken = refused(layout::rename(db, &ctx(), other_id, "白石渡台账").await);
    assert_eq!(taken, Refusal::LayoutNameTaken { name: "白石渡台账".to_owned() });
    for name in ["", " ", "none", &"长".repeat(41)] {
        assert!(matches!(refused(layout::rename(db, &ctx(), id, name).await), Refusal::LayoutName { .. }));
    }
    layout::forget(db, &ctx(), other_id).await.unwrap();
    layout::rename(db, &ctx(), id, "新名字").await.unwrap();
    let mut corrected = layout.clone();
    corrected.tables[0].fields.insert("note".to_owned(), Source::Fixed("x".to_owned()));
    layout::correct(db, &ctx(), id, &corrected).await.unwrap();
    let now = layout::list(db, &ctx()).await.unwrap();
    assert_eq!(now.iter().map(|one| (one.name.as_str(), one.version)).collect::<Vec<_>>(), [("新名字", 3)]);
    assert_eq!(now[0].layout, corrected);
    assert_eq!(layout::by_name(db, &ctx(), Kind::Ledger, "新名字").await.unwrap(), now[0].chosen());
    let unknown = refused(layout::by_name(db, &ctx(), Kind::Ledger, "旧").await);
    assert_eq!(unknown, Refusal::UnknownLayout { name: "旧".to_owned(), known: vec!["新名字".to_owned()] });
    layout::forget(db, &ctx(), id).await.unwrap();
    assert_eq!(refused(layout::get(db, &ctx(), id).await), Refusal::NotFound);
    assert_eq!(
        layout::recognise(db, &ctx(), Kind::Ledger, &file.book).await.unwrap(),
        layout::Found::default()
    );
    layout::remember(db, &ctx(), Kind::Ledger, "新名字", &layout).await.unwrap();
}
story!(a_layout_is_named_corrected_renamed_recognised_and_forgotten);

/// A template with these rows filled in below its header, as its own workbook would be.
async fn filled(stage: &Stage, template: Template, rows: &[&[&str]]) -> Upload {
    let lists = lists(&stage.db, &stage.ctx()).await.unwrap();
    assert_eq!(lists.places.len(), 19, "every township may be chosen");
    let words = Words {
        title: format!("表（{}）", position(date(2019, 4, 30))),
        sheet: "表".to_owned(),
        notes_sheet: "说明".to_owned(),
        ..Words::default()
    };
    let mut book = read_book(&write(template, &lists, &words).unwrap()).unwrap();
    let sheet = book.sheets.iter_mut().find(|sheet| sheet.name == "表").unwrap();
    sheet.rows.truncate(2);
    for row in rows {
        let cells = row.iter().map(|text| match *text {
            "" => Cell::Empty,
            text => Cell::Text(text.into()),
        });
        sheet.rows.push(cells.collect());
    }
    Upload { book, ..upload(template.kind(), b"a,b") }
}

async fn a_filled_template_comes_in_without_a_question(stage: &Stage) {
    let who = identity(1);
    let ledger = [
        "白石渡镇",
        "白石渡村",
        "农户1",
        &who,
        "13800000000",
        "脱贫户",
        "农商银行某支行",
        "A1",
        "50000",
        "4.35%",
        "2018-05-01",
        "2019-05-20",
        "养殖",
        "1000",
        "",
        "王五",
        "",
        "",
        "",
        "",
    ];
    let file = filled(stage, Template::Ledger, &[&ledger]).await;
    let report =
        import::take_file(&stage.db, &stage.ctx(), &file, Take::AllOrNothing, &Meter::default()).await;
    let report = report.unwrap();
    assert_eq!((report.rows.good, report.rows.bad, report.changes.new), (1, 0, 1));
    assert_eq!(report.as_of, Some(date(2019, 4, 30)));
    let exported = stage.export(date(2019, 4, 30), None).await;
    assert_eq!((exported[0].number.as_str(), exported[0].balance_fen), ("A1", Fen::new(4_900_000)));
    let balances = ["农商银行某支行", "A1", "农户1", "", "50000", "40000", ""];
    let file = filled(stage, Template::Balances, &[&balances]).await;
    let report = import::check(&stage.db, &stage.ctx(), &file, &Meter::default()).await.unwrap();
    assert_eq!((report.rows.good, report.rows.bad, report.changes.changed), (1, 0, 1));
    for (template, row) in [
        (
            Template::Households,
            &["白石渡镇", "白石渡村", "H1", "农户1", &who, "户主", "3", "脱贫户", "", ""][..],
        ),
        (Template::Officers, &["白石渡镇", "王五", "信贷管户员", "", ""][..]),
        (
            Template::Repayments,
            &["农商银行某支行", "农户1", &who, "A1", "2019-05-02", "还本", "100", "", "S1", ""][..],
        ),
    ] {
        let file = filled(stage, template, &[row]).await;
        let report = import::check(&stage.db, &stage.ctx(), &file, &Meter::default()).await.unwrap();
        assert_eq!((report.rows.good, report.rows.bad, report.findings.len()), (1, 0, 0), "{template:?}");
    }
}
story!(a_filled_template_comes_in_without_a_question);

async fn the_columns_of_a_staged_file_are_told_before_it_is_compared(stage: &Stage) {
    let text = String::from_utf8(ledger(&[sound(1)])).unwrap().replace("借据号", "条子号");
    let file = upload(Kind::Ledger, text.as_bytes());
    let id = import::stage(&stage.db, &stage.ctx(), &file).await.unwrap();
    assert!(matches!(refused(import::preview(&stage.db, &stage.ctx(), id).await), Refusal::Header(_)));
    let chosen = for_once(told(&file, &[("number", column("条子号"))]));
    import::tell_columns(&stage.db, &stage.ctx(), id, Some(&chosen), None).await.unwrap();
    let (_, report) = import::preview(&stage.db, &stage.ctx(), id).await.unwrap();
    assert_eq!((report.rows.good, report.changes.new), (1, 1));
    assert_eq!(import::staged(&stage.db, &stage.ctx(), id).await.unwrap().layout, Some(chosen.clone()));
    import::take(&stage.db, &stage.ctx(), id, Take::AllOrNothing, &Meter::default()).await.unwrap();
    assert_eq!(stage.export(date(2019, 4, 30), None).await[0].number, "A1");
    let late = import::tell_columns(&stage.db, &stage.ctx(), id, None, None).await;
    assert_eq!(refused(late), Refusal::AlreadyTaken);
}
story!(the_columns_of_a_staged_file_are_told_before_it_is_compared);

async fn a_banks_balances_tell_what_was_repaid_of_loans_that_the_book_knows(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2), sound(3), sound(4)])).await;
    let list = format!(
        "农商银行月末贷款余额清单\n截至2019年5月31日\n借据号,客户名称,证件号码,贷款金额（元）,余额（万元）\n\
         A1,农户1,{},50000,3\nA2,另一个人,,50000,1\nA3,农户3,,40000,1\nA404,谁,,50000,1\n合计,,,,6\n",
        identity(1)
    );
    let file = upload(Kind::Ledger, list.as_bytes());
    assert!(matches!(refused(stage.try_check(Kind::Ledger, list.as_bytes()).await), Refusal::Header(_)));
    let bank = ("bank", Source::Fixed("农商银行某支行".to_owned()));
    let file = Upload { layout: Some(for_once(told(&file, &[bank]))), ..file };
    let id = import::stage(&stage.db, &stage.ctx(), &file).await.unwrap();
    let report = import::take(&stage.db, &stage.ctx(), id, Take::Good, &Meter::default()).await.unwrap();
    assert_eq!((report.rows.good, report.rows.bad, report.changes.changed), (3, 1, 1));
    assert_eq!(report.errors[0].code.key(), "loan-unknown");
    let findings: Vec<&str> = report.findings.iter().map(|fault| fault.code.key()).collect();
    assert_eq!(findings, ["borrower-differs", "principal-differs"]);
    assert_eq!(report.absent, ["A4"], "what the bank leaves out although something is left of it");
    assert_eq!(report.as_of, Some(date(2019, 5, 31)));
    let balance = |number: &'static str| async move {
        let rows = stage.export(date(2019, 5, 31), None).await;
        rows.into_iter().find(|row| row.number == number).unwrap().balance_fen
    };
    assert_eq!((balance("A1").await, balance("A2").await), (Fen::new(3_000_000), Fen::new(5_000_000)));
    let before = stage.export(date(2019, 5, 30), None).await;
    assert!(before.iter().all(|row| row.balance_fen == Fen::new(5_000_000)), "nothing before its day");

    // The same list again changes nothing, and the county's own position stays that of its ledger.
    let again = import::check(&stage.db, &stage.ctx(), &file, &Meter::default()).await.unwrap();
    assert_eq!((again.changes.changed, again.changes.unchanged), (0, 1));
    let county = stage.read_in(Kind::Ledger, &ledger(&[sound(5)])).await;
    assert!(county.findings.iter().all(|fault| fault.code.key() != "older-position"));
}
story!(a_banks_balances_tell_what_was_repaid_of_loans_that_the_book_knows);

async fn a_list_of_balances_may_tell_its_day_in_a_column_and_no_more_is_left_than_was_lent(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    let list = |days: [&str; 2]| {
        format!(
            "数据日期,机构名称,借据号,余额\n{},农商银行某支行,A1,50000.01\n{},农商银行某支行,A2,0\n",
            days[0], days[1]
        )
    };
    let report = stage.check(Kind::Ledger, list(["20190531", "20190531"]).as_bytes()).await;
    assert_eq!(report.as_of, Some(date(2019, 5, 31)));
    assert_eq!((report.rows.good, report.changes.changed), (1, 1));
    assert_eq!(report.errors[0].code.key(), "balance-above-principal");
    let two = stage.try_check(Kind::Ledger, list(["20190531", "20190430"]).as_bytes()).await;
    assert!(matches!(refused(two), Refusal::SeveralPositionDays { .. }));
}
story!(a_list_of_balances_may_tell_its_day_in_a_column_and_no_more_is_left_than_was_lent);

async fn the_registers_rows_of_members_join_the_households_of_their_heads(stage: &Stage) {
    let head = "乡镇,村,户编号,姓名,证件号码,与户主关系,户类型,家庭人口";
    let row = |number: &str, name: &str, who: usize, relation: &str| {
        format!("白石渡镇,白石渡村,{number},{name},{},{relation},脱贫户,3\n", identity(who))
    };
    let text = [
        format!("{head}\n"),
        row("H1", "张大", 1, "户主"),
        row("H1", "李妻", 2, "配偶"),
        // The member's row may stand before the head's.
        row("H2", "王儿", 3, "之子"),
        row("H2", "王大", 4, "户主"),
        row("H9", "孤儿", 5, "之子"),
    ]
    .concat();
    let report = stage.read_in(Kind::Households, text.as_bytes()).await;
    assert_eq!((report.rows.good, report.rows.bad, report.changes.new), (4, 1, 4));
    assert_eq!(report.errors[0].code.key(), "head-unknown");
    let mut tx = stage.db.read().await.unwrap();
    let heads: Vec<String> =
        household::list(&mut tx, 431_022).await.unwrap().into_iter().map(|one| one.head_name).collect();
    drop(tx);
    assert_eq!(heads, ["张大", "王大"]);
    let again = stage.check(Kind::Households, text.as_bytes()).await;
    assert_eq!((again.changes.new, again.changes.unchanged), (0, 4));
    // A member borrows: the loan is the household's.
    let loan = sound(2).replace("农户2", "李妻");
    stage.read_in(Kind::Ledger, &ledger(&[loan])).await;
    let mut tx = stage.db.read().await.unwrap();
    assert_eq!(household::list(&mut tx, 431_022).await.unwrap().len(), 2, "no household is doubled");
}
story!(the_registers_rows_of_members_join_the_households_of_their_heads);

async fn without_numbers_a_member_belongs_to_the_head_above_unless_a_bad_row_is_between(stage: &Stage) {
    let head = "乡镇,村,姓名,证件号码,与户主关系\n";
    let row = |name: &str, who: &str, relation: &str| format!("白石渡镇,白石渡村,{name},{who},{relation}\n");
    let text = [
        head.to_owned(),
        row("张大", &identity(1), "户主"),
        row("李妻", &identity(2), "配偶"),
        row("王大", "431099197001010000", "户主"),
        row("王儿", &identity(3), "之子"),
    ]
    .concat();
    let report = stage.check(Kind::Households, text.as_bytes()).await;
    assert_eq!((report.rows.good, report.rows.bad), (2, 2));
    let codes: Vec<&str> = report.errors.iter().map(|fault| fault.code.key()).collect();
    assert_eq!(codes, ["number-rounded", "head-unknown"]);
}
story!(without_numbers_a_member_belongs_to_the_head_above_unless_a_bad_row_is_between);
