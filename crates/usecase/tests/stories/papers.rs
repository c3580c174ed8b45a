//! A paper is the same each time, whatever is learnt later; what has changed is told beside it, and nobody else learns of it.

use std::collections::BTreeMap;

use bangfu_domain::loan::add_days;
use bangfu_domain::money::Fen;
use bangfu_domain::paper::{Code, PaperKind, Wording};
use bangfu_domain::task::{Outcome, Way};
use bangfu_domain::warning::Standing;
use bangfu_sheets::Kind;
use bangfu_store::paper::Paper;
use bangfu_store::{Area, Scope, loan, testing};
use bangfu_usecase::error::{Error, Refusal};
use bangfu_usecase::export::ExportRow;
use bangfu_usecase::paper::template::{Tongue, edit};
use bangfu_usecase::paper::{self, Content, Figures, Month, NewPaper, PaperFault, Since};
use bangfu_usecase::task::{NewContact, record};
use bangfu_usecase::{Ctx, paper::content};
use jiff::civil::{Date, date};

use crate::any_book::identity;
use crate::slips::HEADER;
use crate::stage::{Stage, demo};
use crate::story;

pub(crate) const COUNTY: i64 = 431_022;

/// Six loans of two townships, due in turn from April to September 2019.
pub(crate) fn ledger() -> Vec<u8> {
    let header = HEADER.replace('\n', ",信贷管户员\n");
    let places = ["白石渡镇,白石渡村", "玉溪镇,城北"];
    let row = |index: usize| {
        let (who, place, month) = (identity(index), places[index % 2], 4 + index);
        format!(
            "{place},农户{index},{who},农商银行某支行,A{index},50000,2017-09-01,2019-0{month}-20,0,管甲\n"
        )
    };
    let rows: String = (0..6).map(row).collect();
    format!("台账（截至2019-04-30）\n{header}{rows}").into_bytes()
}

/// What the bank reports: (index, day, amount, what is left).
pub(crate) fn bank(rows: &[(usize, &str, i64, i64)]) -> Vec<u8> {
    let row = |(index, day, amount, left): &(usize, &str, i64, i64)| {
        let who = identity(*index);
        format!("农商银行某支行,农户{index},{who},A{index},{day},还本,{amount},{left},S{index}{day}\n")
    };
    let rows: String = rows.iter().map(row).collect();
    let header = "机构名称,客户名称,证件号码,借据号,交易日期,交易类型,交易金额,贷款余额,流水号\n";
    format!("{header}{rows}").into_bytes()
}

pub(crate) fn on(stage: &Stage, today: Date, area: Area) -> Ctx {
    Ctx { today, scope: Scope { county_id: COUNTY, area }, ..stage.ctx() }
}

pub(crate) fn new(kind: PaperKind, on_day: Date) -> NewPaper {
    NewPaper { kind, on_day, division_id: None, loan_id: None, days: Some(90) }
}

/// Everything that stands in a paper, as it is read now.
async fn read(stage: &Stage, ctx: &Ctx, code: &Code) -> String {
    let paper = paper::open(&stage.db, ctx, code).await.unwrap();
    let mut tx = stage.db.read().await.unwrap();
    let (template, content) = content(&stage.db, &mut tx, ctx, &paper).await.unwrap();
    format!("{paper:?} {template:?} {content:?}")
}

async fn since(stage: &Stage, ctx: &Ctx, paper: &Paper) -> Since {
    let mut tx = stage.db.read().await.unwrap();
    paper::since(&stage.db, &mut tx, ctx, paper).await.unwrap()
}

/// The loans of a paper that came, went or changed since, by number.
fn changed(since: &Since) -> Vec<(String, Option<Fen>, Option<Fen>)> {
    let Since::Lines(lines) = since else { panic!("{since:?}") };
    let lines = lines.iter().map(|one| {
        let number = one.now.as_ref().or(one.then.as_ref()).unwrap().number.clone();
        (
            number,
            one.then.as_ref().map(|line| line.balance_fen),
            one.now.as_ref().map(|line| line.balance_fen),
        )
    });
    lines.collect()
}

pub(crate) async fn loans(stage: &Stage) -> BTreeMap<String, loan::Loan> {
    let loans = loan::all(&mut stage.db.read().await.unwrap(), COUNTY).await.unwrap();
    loans.into_iter().map(|loan| (loan.number.clone(), loan)).collect()
}

pub(crate) fn refused<T: std::fmt::Debug>(answer: Result<T, Error>) -> Refusal {
    match answer {
        Err(Error::Refused(refusal)) => refusal,
        answer => panic!("{answer:?}"),
    }
}

async fn a_code_opens_the_same_paper_for_good(stage: &Stage) {
    let june = date(2019, 6, 17);
    stage.read_in(Kind::Ledger, &ledger()).await;
    stage
        .read_in(
            Kind::Repayments,
            &bank(&[(0, "2019-05-10", 20_000, 30_000), (4, "2019-06-10", 10_000, 40_000)]),
        )
        .await;
    stage.close(june).await;
    let county = on(stage, june, Area::County);
    let known = loans(stage).await;
    let contact = NewContact {
        on_day: june,
        way: Way::Phone,
        met: "本人".to_owned(),
        outcome: Outcome::WillRepay,
        promised_on: Some(date(2019, 6, 20)),
        promised_fen: Some(Fen::new(5_000_000)),
        note: String::new(),
    };
    record(&stage.db, &county, known["A2"].loan_id, &contact).await.unwrap();
    let kinds = [PaperKind::Monthly, PaperKind::Collection, PaperKind::Roster, PaperKind::Meeting];
    let mut papers = Vec::new();
    for kind in kinds {
        papers.push(paper::make(&stage.db, &county, &new(kind, june)).await.unwrap());
    }
    for (kind, number) in
        [(PaperKind::Card, "A2"), (PaperKind::DueNotice, "A2"), (PaperKind::OverdueNotice, "A0")]
    {
        let of_loan = NewPaper { loan_id: Some(known[number].loan_id), ..new(kind, june) };
        papers.push(paper::make(&stage.db, &county, &of_loan).await.unwrap());
    }
    let mut before = Vec::new();
    for paper in &papers {
        assert!(since(stage, &county, paper).await.is_empty(), "{:?}", paper.kind);
        before.push(read(stage, &county, &paper.code).await);
    }
    // The first is overdue; of the third somebody promised; both are to be collected.
    let content_of = async |paper: &Paper| {
        let mut tx = stage.db.read().await.unwrap();
        content(&stage.db, &mut tx, &county, paper).await.unwrap().1
    };
    let Content::Lines(collected) = content_of(&papers[1]).await else { panic!() };
    let told: Vec<_> =
        collected.iter().map(|line| (line.number.as_str(), line.standing, line.contacts.len())).collect();
    let first = [("A0", Standing::Overdue, 0), ("A2", Standing::Red, 1), ("A1", Standing::Overdue, 0)];
    assert_eq!(told, first);
    assert_eq!(
        collected[0].identity.as_deref().unwrap(),
        format!("{}********{}", &identity(0)[..6], &identity(0)[14..])
    );
    // What is learnt later, also of days before, changes what is on record, and no paper.
    stage
        .read_in(Kind::Repayments, &bank(&[(0, "2019-06-01", 30_000, 0), (2, "2019-06-16", 50_000, 0)]))
        .await;
    let later = on(stage, june, Area::County);
    let met = NewContact { outcome: Outcome::Unreachable, promised_on: None, promised_fen: None, ..contact };
    record(&stage.db, &later, known["A3"].loan_id, &met).await.unwrap();
    let own = Wording { title: "{month}月报".to_owned(), ..Wording::default() };
    edit(&stage.db, &later, PaperKind::Monthly, 0, Some((Tongue::Zh, own))).await.unwrap();
    for (paper, before) in papers.iter().zip(&before) {
        assert_eq!(&read(stage, &later, &paper.code).await, before, "{:?}", paper.kind);
    }
    // Beside it stands what has changed: what was repaid is to be collected no more.
    let then = Fen::new(3_000_000);
    let gone = since(stage, &later, &papers[1]).await;
    assert_eq!(
        changed(&gone),
        [("A0".to_owned(), Some(then), None), ("A2".to_owned(), Some(Fen::new(5_000_000)), None)]
    );
    let Since::Figures(figures) = since(stage, &later, &papers[0]).await else { panic!() };
    let repaid = figures.iter().find(|one| one.place.is_empty() && one.figure == "repaid").unwrap();
    assert_eq!((repaid.then.fen, repaid.now.fen), (Fen::new(1_000_000), Fen::new(9_000_000)));
    // A month later it is still the same.
    stage.close(date(2019, 7, 17)).await;
    let july = on(stage, date(2019, 7, 17), Area::County);
    for (paper, before) in papers.iter().zip(&before) {
        assert_eq!(&read(stage, &july, &paper.code).await, before, "{:?}", paper.kind);
    }
    let opened = testing::audited(&mut stage.db.read().await.unwrap(), COUNTY, "paper-opened").await.unwrap();
    assert_eq!(opened, 21, "each time is on record");
}
story!(a_code_opens_the_same_paper_for_good);

async fn whoever_has_no_access_to_an_area_learns_nothing_of_its_papers(stage: &Stage) {
    let june = date(2019, 6, 17);
    stage.read_in(Kind::Ledger, &ledger()).await;
    stage.read_in(Kind::Repayments, &bank(&[(0, "2019-06-10", 20_000, 30_000)])).await;
    stage.close(june).await;
    let known = loans(stage).await;
    let (first, second) = (&known["A0"], &known["A1"]);
    let rows =
        [Area::Division(first.village_id), Area::Division(second.village_id), Area::Branch(first.branch_id)];
    let officer = on(stage, june, Area::Officer(first.manager_id.unwrap()));
    for area in rows {
        let ctx = on(stage, june, area);
        let made = paper::make(&stage.db, &ctx, &new(PaperKind::Roster, june)).await.unwrap();
        assert_eq!(made.area, area);
        let mut tx = stage.db.read().await.unwrap();
        let Content::Lines(lines) = content(&stage.db, &mut tx, &ctx, &made).await.unwrap().1 else {
            panic!()
        };
        drop(tx);
        let numbers: Vec<&str> = lines.iter().map(|line| line.number.as_str()).collect();
        let expected: &[&str] = match area {
            Area::Division(id) if id == first.village_id => &["A2", "A4"],
            Area::Division(_) => &["A3"],
            _ => &["A2", "A4", "A3"],
        };
        assert_eq!(numbers, expected, "{area:?}");
        for other in rows.into_iter().filter(|other| *other != area) {
            let ctx = on(stage, june, other);
            assert_eq!(refused(paper::open(&stage.db, &ctx, &made.code).await), Refusal::NotFound);
            assert_eq!(refused(paper::export(&stage.db, &ctx, &made.code, "xlsx").await), Refusal::NotFound);
            let found = paper::find(&mut stage.db.read().await.unwrap(), &ctx, &made.code).await.unwrap();
            assert_eq!(found, None);
        }
        assert_eq!(refused(paper::open(&stage.db, &officer, &made.code).await), Refusal::NotFound);
        paper::open(&stage.db, &on(stage, june, Area::County), &made.code).await.unwrap();
    }
    let refusals =
        testing::audited(&mut stage.db.read().await.unwrap(), COUNTY, "paper-refused").await.unwrap();
    assert_eq!(refusals, 9, "who typed what was not theirs is on record");
    // A place that is not theirs, a loan that does not stand so, and whoever looks after households alone.
    let ctx = on(stage, june, rows[0]);
    let other = NewPaper { division_id: Some(second.village_id), ..new(PaperKind::Roster, june) };
    assert_eq!(refused(paper::make(&stage.db, &ctx, &other).await), Refusal::NotFound);
    let fault = |fault| Refusal::Paper(fault);
    assert_eq!(
        refused(paper::make(&stage.db, &officer, &new(PaperKind::Roster, june)).await),
        fault(PaperFault::Area)
    );
    let county = on(stage, june, Area::County);
    assert_eq!(
        refused(paper::make(&stage.db, &county, &new(PaperKind::Publicity, june)).await),
        fault(PaperFault::Place)
    );
    let of = |kind, number: &str| NewPaper { loan_id: Some(known[number].loan_id), ..new(kind, june) };
    let demand = paper::make(&stage.db, &county, &of(PaperKind::OverdueNotice, "A2")).await;
    assert_eq!(refused(demand), fault(PaperFault::NotOverdue), "nobody who may have paid is pressed");
    let late = paper::make(&stage.db, &county, &of(PaperKind::DueNotice, "A0")).await;
    assert_eq!(refused(late), fault(PaperFault::PastDue));
    let never = NewPaper { days: Some(0), ..new(PaperKind::Roster, june) };
    assert!(matches!(
        refused(paper::make(&stage.db, &county, &never).await),
        Refusal::Paper(PaperFault::Days { .. })
    ));
    let ahead = new(PaperKind::Roster, add_days(june, 1));
    assert!(matches!(refused(paper::make(&stage.db, &county, &ahead).await), Refusal::DayAhead { .. }));
    let ours = of(PaperKind::Card, "A1");
    assert_eq!(refused(paper::make(&stage.db, &ctx, &ours).await), Refusal::NotFound);
}
story!(whoever_has_no_access_to_an_area_learns_nothing_of_its_papers);

/// A month's figures of a township, reckoned from exports of three days.
fn reckoned(
    rows: &[ExportRow],
    before: &[ExportRow],
    (first, last): (Date, Date),
    township: &str,
) -> Figures {
    let known: BTreeMap<&str, &ExportRow> = before.iter().map(|row| (row.number.as_str(), row)).collect();
    let mut of = Figures::default();
    let add = |count: &mut paper::Count, fen: Fen| {
        if fen.is_positive() {
            count.loans += 1;
            count.fen += fen;
        }
    };
    for row in rows.iter().filter(|row| township.is_empty() || row.township == township) {
        let (terms, earlier) = (&row.terms, known.get(row.number.as_str()));
        let within = |day: Date| first <= day && day <= last;
        add(&mut of.lent, terms.principal_fen);
        add(&mut of.owing, row.balance_fen);
        add(&mut of.repaid_ever, row.repaid_fen);
        add(&mut of.repaid, row.repaid_fen - earlier.map_or(Fen::ZERO, |earlier| earlier.repaid_fen));
        if within(terms.disbursed_on) {
            add(&mut of.new, terms.principal_fen);
        }
        if within(terms.due_on) {
            add(&mut of.due, earlier.map_or(terms.principal_fen, |earlier| earlier.balance_fen));
        }
        if terms.due_on <= last {
            add(&mut of.due_ever, terms.principal_fen);
        }
        match row.standing {
            Standing::Overdue => add(&mut of.overdue, row.balance_fen),
            Standing::Red => add(&mut of.red, row.balance_fen),
            Standing::Awaiting => add(&mut of.awaiting, row.balance_fen),
            _ => {}
        }
        if row.manager.is_none() {
            add(&mut of.nobodys, row.balance_fen);
        }
    }
    of
}

async fn a_months_figures_are_those_of_the_exports(stage: &Stage) {
    stage.read_in(Kind::Households, &demo("yizhang/households.xlsx")).await;
    stage.read_in(Kind::Ledger, &demo("yizhang/ledger.xlsx")).await;
    stage.read_in(Kind::Repayments, &demo("yizhang/bank.csv")).await;
    stage.close(date(2019, 6, 17)).await;
    let ctx = on(stage, date(2019, 6, 17), Area::County);
    for last in [date(2019, 6, 17), date(2019, 5, 31)] {
        let made = paper::make(&stage.db, &ctx, &new(PaperKind::Monthly, last)).await.unwrap();
        let mut tx = stage.db.read().await.unwrap();
        let Content::Month(month) = content(&stage.db, &mut tx, &ctx, &made).await.unwrap().1 else {
            panic!()
        };
        drop(tx);
        let Month { days, days_before, total, total_before, rows, coverage } = *month;
        assert_eq!(days, (last.first_of_month(), last));
        let at = [last, days_before.1, add_days(days_before.0, -1)];
        let mut exports = Vec::new();
        for day in at {
            exports.push(stage.export(day, None).await);
        }
        assert_eq!(total, reckoned(&exports[0], &exports[1], days, ""), "{last}");
        assert_eq!(
            total_before,
            reckoned(&exports[1], &exports[2], days_before, ""),
            "{last}, the month before"
        );
        assert_eq!(rows.len(), 19);
        for row in &rows {
            assert_eq!(row.now, reckoned(&exports[0], &exports[1], days, &row.name), "{last} {}", row.name);
        }
        assert!(total.lent.loans > 6_000 && total.repaid.fen.is_positive(), "{total:?}");
        let (households, with_loan) = coverage.unwrap();
        assert!(0 < with_loan && with_loan <= households, "{with_loan} of {households}");
        let sum = rows
            .iter()
            .filter_map(|row| row.coverage)
            .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        assert_eq!(sum, (households, with_loan));
    }
}
story!(a_months_figures_are_those_of_the_exports);

async fn where_no_register_was_read_in_nobody_knows_how_many_households_there_are(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger()).await;
    let ctx = on(stage, date(2019, 6, 17), Area::County);
    let made = paper::make(&stage.db, &ctx, &new(PaperKind::Monthly, date(2019, 6, 17))).await.unwrap();
    assert_eq!(made.registered, None);
}
story!(where_no_register_was_read_in_nobody_knows_how_many_households_there_are);
