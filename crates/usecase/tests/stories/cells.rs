//! Cells of a staged file are mended in the page: the file stays as it came, and the check, the take-over and what goes on
//! after a kill find what was mended.

use bangfu_sheets::Kind;
use bangfu_sheets::fault::Fault;
use bangfu_store::{Tx, loan, mending};
use bangfu_usecase::error::Refusal;
use bangfu_usecase::import::{self, Correction, Look, Meter, Status, Take, Wish};
use bangfu_usecase::{Ctx, Error, rebuild};
use jiff::SignedDuration;
use jiff::civil::date;

use crate::any_book::identity;
use crate::broken_off::drop_after;
use crate::slips::{ledger, sound};
use crate::stage::{Stage, upload};
use crate::story;

const DAY: jiff::civil::Date = date(2019, 4, 30);

/// The identity number of somebody whose check digit was written wrongly.
pub(crate) fn misspelt(index: usize) -> String {
    let right = identity(index);
    let last = if right.ends_with('1') { '2' } else { '1' };
    format!("{}{last}", &right[..17])
}

/// A row with other places, number, day of disbursement.
fn row(township: &str, village: &str, index: usize, who: &str, day: &str) -> String {
    format!("{township},{village},农户{index},{who},农商银行某支行,A{index},50000,{day},2019-05-20,0")
}

pub(crate) async fn staged(stage: &Stage, kind: Kind, file: &[u8]) -> i64 {
    import::stage(&stage.db, &stage.ctx(), &upload(kind, file)).await.unwrap()
}

pub(crate) async fn look(stage: &Stage, import_id: i64) -> Look {
    import::look(&stage.db, &stage.ctx(), import_id).await.unwrap()
}

fn fault<'a>(look: &'a Look, code: &str) -> &'a Fault {
    let mut faults = look.report.errors.iter().chain(&look.report.findings);
    faults
        .find(|fault| fault.code.key() == code)
        .unwrap_or_else(|| panic!("{code}: {:?}", look.report.errors))
}

pub(crate) fn wish(look: &Look, code: &str, all: bool, text: &str) -> Wish {
    Wish { at: fault(look, code).at.clone(), code: code.to_owned(), all, text: text.to_owned() }
}

pub(crate) async fn mend(stage: &Stage, look: &Look, wishes: Vec<Wish>) -> Result<usize, Error> {
    let correction = Correction { wishes, back: Vec::new() };
    import::mend(&stage.db, &stage.ctx(), look, &correction).await
}

async fn take(stage: &Stage, import_id: i64) -> Result<import::Report, Error> {
    import::take(&stage.db, &stage.ctx(), import_id, Take::AllOrNothing, &Meter::default()).await
}

fn refused<T: std::fmt::Debug>(done: Result<T, Error>) -> Refusal {
    match done {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

async fn a_misspelt_village_a_wrong_number_and_a_bad_day_are_mended_and_taken(stage: &Stage) {
    let strange = |index| row("白石渡镇", "白石度村", index, identity(index).as_str(), "2018-05-01");
    let wrong = row("白石渡镇", "白石渡村", 4, &misspelt(4), "2018-05-01");
    let bad = row("白石渡镇", "白石渡村", 5, identity(5).as_str(), "2018年2月30日");
    let id = staged(stage, Kind::Ledger, &ledger(&[strange(1), strange(2), strange(3), wrong, bad])).await;
    let first = look(stage, id).await;
    assert_eq!((first.report.rows.good, first.report.rows.bad, first.report.mended), (0, 5, 0));
    let village = fault(&first, "village-unknown");
    assert_eq!(village.code.choices().first().map(String::as_str), Some("白石渡村"));
    assert!(village.code.choices().len() <= 5);
    let mended = mend(
        stage,
        &first,
        vec![
            wish(&first, "village-unknown", true, "白石渡村"),
            wish(&first, "identity-check-digit", false, &identity(4)),
            wish(&first, "no-such-day", false, "2018/2/28"),
        ],
    );
    assert_eq!(mended.await.unwrap(), 5);
    let second = look(stage, id).await;
    assert_eq!((second.report.rows.good, second.report.rows.bad, second.report.mended), (5, 0, 5));
    let told: Vec<_> =
        second.mended.iter().map(|one| (one.at.row, one.at.column.as_str(), one.was.as_str())).collect();
    assert_eq!(told[0], (3, "村", "白石度村"));
    assert_eq!(told[4], (7, "放款日期", "2018年2月30日"));
    assert!(second.mended.iter().all(|one| one.actor == "story" && one.mended_at > 0));
    let taken = take(stage, id).await.unwrap();
    assert_eq!((taken.mended, taken.changes.new), (5, 5));
    let book = stage.export(DAY, None).await;
    assert_eq!(book.len(), 5);
    assert!(book.iter().all(|loan| loan.village == book[0].village), "{book:?}");
    assert!(book.iter().any(|loan| loan.terms.disbursed_on == date(2018, 2, 28)));
    let left = mending::list(&mut stage.db.read().await.unwrap(), stage.db.key(), 431_022, id).await.unwrap();
    assert_eq!(left, [], "what was sealed for a while is gone");
}
story!(a_misspelt_village_a_wrong_number_and_a_bad_day_are_mended_and_taken);

async fn what_is_mended_wrongly_is_told_and_can_be_taken_back(stage: &Stage) {
    let wrong = row("白石渡镇", "白石渡村", 1, &misspelt(1), "2018-05-01");
    let bad = row("白石渡镇", "白石渡村", 2, identity(2).as_str(), "那一天");
    let id = staged(stage, Kind::Ledger, &ledger(&[wrong, bad])).await;
    let first = look(stage, id).await;
    let as_it_is = vec![
        wish(&first, "identity-check-digit", false, " "),
        wish(&first, "date-unreadable", false, "那一天"),
    ];
    assert_eq!(
        mend(stage, &first, as_it_is).await.unwrap(),
        0,
        "an empty number and what stands there already"
    );
    let long = mend(stage, &first, vec![wish(&first, "date-unreadable", false, &"一".repeat(201))]).await;
    assert_eq!(refused(long), Refusal::MendingTooLong { row: 4, column: "放款日期".to_owned(), max: 200 });
    mend(stage, &first, vec![wish(&first, "date-unreadable", false, "2018-02-31")]).await.unwrap();
    let overtaken = mend(stage, &first, vec![wish(&first, "date-unreadable", false, "2018-03-01")]).await;
    assert_eq!(refused(overtaken), Refusal::CorrectedMeanwhile, "somebody else was faster");

    let second = look(stage, id).await;
    let still = fault(&second, "no-such-day");
    assert_eq!((still.value.as_str(), second.report.rows.bad), ("2018-02-31", 2));
    mend(stage, &second, vec![wish(&second, "no-such-day", false, "2018-03-01")]).await.unwrap();
    let third = look(stage, id).await;
    assert_eq!((third.report.rows.bad, third.mended[0].was.as_str()), (1, "那一天"), "what the file says");
    let back = Correction { wishes: Vec::new(), back: vec![(third.mended[0].spot, false)] };
    assert_eq!(import::mend(&stage.db, &stage.ctx(), &third, &back).await.unwrap(), 1);
    let fourth = look(stage, id).await;
    assert_eq!((fourth.mended.len(), fault(&fourth, "date-unreadable").value.as_str()), (0, "那一天"));
    import::take(&stage.db, &stage.ctx(), id, Take::Good, &Meter::default()).await.unwrap();
    let late = mend(stage, &fourth, vec![wish(&fourth, "date-unreadable", false, "2018-03-01")]).await;
    assert_eq!(refused(late), Refusal::AlreadyTaken);
}
story!(what_is_mended_wrongly_is_told_and_can_be_taken_back);

async fn a_village_of_another_township_brings_its_township(stage: &Stage) {
    let rows = [1, 2].map(|index| row("玉溪镇", "白石度村", index, identity(index).as_str(), "2018-05-01"));
    let id = staged(stage, Kind::Ledger, &ledger(&rows)).await;
    let first = look(stage, id).await;
    let elsewhere = "白石渡镇白石渡村";
    assert!(fault(&first, "village-unknown").code.choices().iter().any(|name| name == elsewhere));
    assert_eq!(mend(stage, &first, vec![wish(&first, "village-unknown", true, elsewhere)]).await.unwrap(), 4);
    let second = look(stage, id).await;
    assert_eq!((second.report.rows.good, second.report.mended), (2, 4));
    let told: Vec<_> = second.mended.iter().map(|one| (one.at.column.as_str(), one.text.as_str())).collect();
    assert_eq!(told[..2], [("乡镇", "白石渡镇"), ("村", "白石渡村")]);
    let back = Correction { wishes: Vec::new(), back: vec![(second.mended[1].spot, true)] };
    assert_eq!(import::mend(&stage.db, &stage.ctx(), &second, &back).await.unwrap(), 2, "all alike");
}
story!(a_village_of_another_township_brings_its_township);

async fn an_officer_whom_the_roster_does_not_name_is_chosen_from_it(stage: &Stage) {
    let roster = "三员名册\n乡镇,姓名,职务\n白石渡镇,欧阳明,信贷管户员\n玉溪镇,李进,信贷管户员\n";
    stage.read_in(Kind::Officers, roster.as_bytes()).await;
    let header = crate::slips::HEADER.trim_end();
    let file = format!("台账（截至2019-04-30）\n{header},信贷管户员\n{},欧阳名\n", sound(1));
    let id = staged(stage, Kind::Ledger, file.as_bytes()).await;
    let first = look(stage, id).await;
    assert_eq!(fault(&first, "officer-unknown").code.choices(), ["欧阳明"]);
    mend(stage, &first, vec![wish(&first, "officer-unknown", true, "欧阳明")]).await.unwrap();
    let second = look(stage, id).await;
    assert!(second.report.findings.iter().all(|fault| fault.code.key() != "officer-unknown"));
}
story!(an_officer_whom_the_roster_does_not_name_is_chosen_from_it);

async fn a_take_over_that_breaks_off_goes_on_with_what_was_mended(stage: &Stage) {
    let strange = |index| row("白石渡镇", "白石度村", index, identity(index).as_str(), "2018-05-01");
    // More rows than a page has.
    let rows: Vec<String> = (1..=600).map(strange).collect();
    let id = staged(stage, Kind::Ledger, &ledger(&rows)).await;
    let first = look(stage, id).await;
    assert_eq!(
        mend(stage, &first, vec![wish(&first, "village-unknown", true, "白石渡村")]).await.unwrap(),
        600
    );
    let mut steps = 4;
    while import::get(&stage.db, &stage.ctx(), id).await.unwrap().status != Status::Taken {
        // Whoever is killed takes the connections with them.
        let (db, ctx, meter) = (stage.elsewhere().await, stage.ctx(), Meter::default());
        let work = import::take(&db, &ctx, id, Take::Good, &meter);
        drop_after(work, steps).await.map(Result::unwrap);
        steps = steps * 3 / 2;
    }
    let book = stage.export(DAY, None).await;
    assert_eq!(book.len(), 600);
    assert!(rebuild::compare(&stage.db, &stage.ctx()).await.unwrap().is_equal());
    assert_eq!(look(stage, id).await.report.mended, 600);
}
story!(a_take_over_that_breaks_off_goes_on_with_what_was_mended);

async fn bad_rows_outlive_the_take_over_for_a_week_and_new_loans_are_listed(stage: &Stage) {
    let bad = row("白石渡镇", "白石渡村", 3, &identity(3), "那一天");
    let id = staged(stage, Kind::Ledger, &ledger(&[sound(1), bad, sound(2)])).await;
    let report = import::take(&stage.db, &stage.ctx(), id, Take::Good, &Meter::default()).await.unwrap();
    let mut tx = stage.db.read().await.unwrap();
    let ctx = stage.ctx();
    let made = async |tx: &mut Tx, skip| {
        let ids = report.made.unwrap();
        let made = loan::made_by(tx, &ctx.scope, ctx.today, id, ids, skip, 9).await.unwrap();
        made.into_iter().map(|one| one.number).collect::<Vec<_>>()
    };
    assert_eq!(
        (made(&mut tx, 0).await, made(&mut tx, 1).await),
        (vec!["A1".into(), "A2".into()], vec!["A2".to_owned()])
    );
    drop(tx);
    let again = staged(stage, Kind::Ledger, &ledger(&[sound(1), sound(4)])).await;
    let next = take(stage, again).await.unwrap();
    let mut tx = stage.db.read().await.unwrap();
    let brought =
        loan::made_by(&mut tx, &ctx.scope, ctx.today, again, next.made.unwrap(), 0, 9).await.unwrap();
    assert_eq!(brought.iter().map(|one| one.number.as_str()).collect::<Vec<_>>(), ["A4"]);
    drop(tx);

    assert!(import::has_rejects(&stage.db, &stage.ctx(), id).await.unwrap());
    let (kept, told) = import::rejects(&stage.db, &stage.ctx(), id).await.unwrap();
    let rows = &kept.book.sheets[0].rows;
    assert_eq!(rows.iter().filter(|row| !row.is_empty()).count(), 3, "title, header and the bad row");
    assert_eq!((told.errors.len(), told.errors[0].at.row, rows.len()), (1, 4, 4));
    let late = Ctx { at: ctx.at + SignedDuration::from_hours(7 * 24 + 1), ..stage.ctx() };
    import::expire(&stage.db, &late).await.unwrap();
    assert!(!import::has_rejects(&stage.db, &stage.ctx(), id).await.unwrap());
    assert_eq!(refused(import::rejects(&stage.db, &stage.ctx(), id).await), Refusal::NotFound);
}
story!(bad_rows_outlive_the_take_over_for_a_week_and_new_loans_are_listed);

async fn bad_rows_are_kept_with_the_titles_of_their_own_table(stage: &Stage) {
    let first = String::from_utf8(ledger(&[sound(1)])).unwrap();
    let header = first.lines().nth(1).unwrap();
    let bad = row("白石渡镇", "白石渡村", 3, &identity(3), "那一天");
    let text = format!("{first}单位：万元\n{header}\n{bad}\n");
    let id = staged(stage, Kind::Ledger, text.as_bytes()).await;
    import::take(&stage.db, &stage.ctx(), id, Take::Good, &Meter::default()).await.unwrap();
    let (kept, told) = import::rejects(&stage.db, &stage.ctx(), id).await.unwrap();
    let rows = &kept.book.sheets[0].rows;
    assert_eq!(bangfu_sheets::cell::shown(&rows[3][0]), "单位：万元");
    assert_eq!(
        rows.iter().filter(|row| !row.is_empty()).count(),
        5,
        "two titles, two headers and the bad row"
    );
    assert_eq!(told.headers.last().unwrap().title_rows, [4]);
}
story!(bad_rows_are_kept_with_the_titles_of_their_own_table);

async fn a_branch_that_the_book_has_under_a_like_name_is_offered(stage: &Stage) {
    let at = |bank: &str, index| sound(index).replace("农商银行某支行", bank);
    let first =
        stage.check(Kind::Ledger, &ledger(&[at("农商银行白石渡支行", 1), at("农商银行白石度支行", 2)])).await;
    assert_eq!(first.findings, [], "a first ledger names all its branches anew");
    stage.read_in(Kind::Ledger, &ledger(&[at("农商银行白石渡支行", 1), at("农商银行城关支行", 2)])).await;
    let rows = [
        at("农商银行白石度支行", 3),
        at("农商银行白石度支行", 4),
        at("农商银行麻田支行", 5),
        at("邮储银行白石渡支行", 6),
    ];
    let id = staged(stage, Kind::Ledger, &ledger(&rows)).await;
    let seen = look(stage, id).await;
    let offered = seen.report.findings.iter().filter(|fault| fault.code.key() == "branch-unknown");
    assert_eq!(offered.map(|fault| fault.at.row).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(fault(&seen, "branch-unknown").code.choices(), ["农商银行白石渡支行"]);
    assert_eq!(
        mend(stage, &seen, vec![wish(&seen, "branch-unknown", true, "农商银行白石渡支行")]).await.unwrap(),
        2
    );
    let seen = look(stage, id).await;
    assert!(seen.report.findings.iter().all(|fault| fault.code.key() != "branch-unknown"));
}
story!(a_branch_that_the_book_has_under_a_like_name_is_offered);
