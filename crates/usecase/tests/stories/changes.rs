//! The feed of changes: who follows it has what they may see, nothing that they may not, and lets go what is gone.

use std::collections::BTreeSet;

use bangfu_domain::difference::Way;
use bangfu_sheets::Kind;
use bangfu_store::difference::{self, Shown as Differences};
use bangfu_store::loan::{self, Order, Shown};
use bangfu_store::{Area, Scope, bank, division, household, officer};
use bangfu_usecase::Ctx;
use bangfu_usecase::change::{Noun, Position, feed};
use bangfu_usecase::difference::{Assignment, Term, assign, resolve};
use bangfu_usecase::division::merge::move_to;
use jiff::civil::{Date, date};

use crate::any_book::identity;
use crate::erased::erased;
use crate::regrouped::{FROM, change_of, named};
use crate::slips::open;
use crate::stage::Stage;
use crate::story;
use crate::taken_back::{numbers, take_back};

const HEADER: &str =
    "乡镇,村,借款人,身份证号码,贷款银行,借据号,贷款金额（元）,放款日期,到期日期,已还本金（元）,信贷管户员\n";

const WHITE: (&str, &str) = ("白石渡镇", "白石渡村");
const JADE: (&str, &str) = ("玉溪镇", "城北");

fn row(index: usize, place: (&str, &str), branch: &str, manager: &str) -> String {
    let who = identity(index);
    let (township, village) = place;
    format!(
        "{township},{village},农户{index},{who},{branch},A{index},50000,2018-05-01,2019-09-20,0,{manager}\n"
    )
}

fn ledger(day: &str, rows: &[String]) -> Vec<u8> {
    format!("台账（截至{day}）\n{HEADER}{}", rows.concat()).into_bytes()
}

fn bank_file(rows: &[(usize, &str, i64, &str)]) -> Vec<u8> {
    let mut text = "机构名称,客户名称,借据号,交易日期,交易类型,交易金额,贷款余额,流水号\n".to_owned();
    for (who, number, balance, serial) in rows {
        text += &format!("农商银行甲支行,农户{who},{number},2019-06-10,还本,1000,{balance},{serial}\n");
    }
    text.into_bytes()
}

/// A copy that somebody keeps by following the feed.
struct Copy {
    name: &'static str,
    area: Area,
    today: Date,
    position: Position,
    held: BTreeSet<(Noun, i64)>,
    /// All that it ever held or might have.
    ever: BTreeSet<(Noun, i64)>,
}

impl Copy {
    fn new(name: &'static str, area: Area) -> Copy {
        let position = Position { seq: 0, noun: "~".to_owned(), id: 0 };
        Copy { name, area, today: date(2019, 6, 17), position, held: BTreeSet::new(), ever: BTreeSet::new() }
    }

    fn ctx(&self, stage: &Stage) -> Ctx {
        Ctx { scope: Scope { county_id: 431_022, area: self.area }, today: self.today, ..stage.ctx() }
    }

    /// What may be seen now, asked for by lists.
    async fn seen(&self, stage: &Stage) -> BTreeSet<(Noun, i64)> {
        let (ctx, mut tx) = (self.ctx(stage), stage.db.read().await.unwrap());
        let (scope, today) = (&ctx.scope, ctx.today);
        let all = loan::Filter { shown: Shown::All, ..loan::Filter::default() };
        let loans = loan::list(&mut tx, scope, today, &all, Order::Number, None, 99).await.unwrap();
        let households = household::page(&mut tx, scope, today, (None, 0), 99).await.unwrap();
        let all = difference::Filter { shown: Differences::All, ..difference::Filter::default() };
        let differences = difference::list(&mut tx, scope, today, &all, None, 99).await.unwrap();
        let differences = differences.rows.iter().map(|row| (Noun::Difference, row.difference.difference_id));
        let loans = loans.rows.iter().map(|row| (Noun::Loan, row.loan_id));
        let households = households.iter().map(|one| (Noun::Household, one.household_id));
        loans.chain(households).chain(differences).collect()
    }

    /// Follows the feed to its end, so many rows at a time, and holds the copy against what may be seen.
    async fn follow(&mut self, stage: &Stage, limit: usize, when: &str) {
        let seen = self.seen(stage).await;
        self.ever.extend(&seen);
        loop {
            let (ctx, mut tx) = (self.ctx(stage), stage.db.read().await.unwrap());
            let page = feed(&mut tx, &ctx, &Noun::ALL, self.position.clone(), limit).await.unwrap();
            for item in page.items {
                let row = (item.noun, item.id);
                assert!(self.ever.contains(&row), "{} is told of {row:?} {when}", self.name);
                if item.gone {
                    self.held.remove(&row)
                } else {
                    self.held.insert(row)
                };
            }
            assert!(page.more || page.position.seq >= self.position.seq);
            self.position = page.position;
            if !page.more {
                break;
            }
        }
        assert_eq!(self.held, seen, "{} {when}, {limit} at a time", self.name);
    }
}

/// Copies of every kind of area, each twice: followed a few rows at a time, and many.
async fn copies(stage: &Stage) -> Vec<Copy> {
    let mut tx = stage.db.read().await.unwrap();
    let day = date(2019, 6, 17);
    let place =
        async |tx: &mut _, code: &str| division::by_code(tx, code, day).await.unwrap().unwrap().division_id;
    let white = place(&mut tx, "431022101000").await;
    let jade = place(&mut tx, "431022111000").await;
    let branches = bank::branches(&mut tx, 431_022).await.unwrap();
    let branch = |name: &str| branches.iter().find(|one| one.name.contains(name)).unwrap().branch_id;
    let officers = officer::list(&mut tx, 431_022).await.unwrap();
    let person = |name: &str| officers.iter().find(|one| one.name == name).unwrap().officer_id;
    let areas = [
        ("the county", Area::County),
        ("白石渡镇", Area::Division(white)),
        ("玉溪镇", Area::Division(jade)),
        ("甲支行", Area::Branch(branch("甲"))),
        ("乙支行", Area::Branch(branch("乙"))),
        ("赵管户", Area::Officer(person("赵管户"))),
        ("钱管户", Area::Officer(person("钱管户"))),
    ];
    areas.iter().flat_map(|(name, area)| [Copy::new(name, *area), Copy::new(name, *area)]).collect()
}

async fn who_follows_has_what_they_may_see_and_nothing_else(stage: &Stage) {
    let (one, other) = ("农商银行甲支行", "农商银行乙支行");
    let first = [
        row(1, WHITE, one, "赵管户"),
        row(2, WHITE, one, "赵管户"),
        row(3, JADE, other, "钱管户"),
        row(4, JADE, one, "钱管户"),
    ];
    stage.read_in(Kind::Ledger, &ledger("2019-03-31", &first)).await;
    let mut copies = copies(stage).await;
    let mut follow = async |when: &str| {
        for (at, copy) in copies.iter_mut().enumerate() {
            let limit = if at % 2 == 0 { 1 + at / 2 } else { 200 };
            copy.follow(stage, limit, when).await;
            assert!(!copy.held.is_empty(), "{} {when}", copy.name);
        }
    };
    follow("after the first ledger").await;
    follow("when nothing happened").await;

    // A movement that does not fit, and one of an unknown contract.
    stage.read_in(Kind::Repayments, &bank_file(&[(1, "A1", 12_345, "S1"), (9, "A404", 1_000, "S2")])).await;
    follow("after the bank's report").await;
    let differences = open(stage).await;
    let unknown = differences.iter().find(|one| one.number == "A404").unwrap().difference_id;
    let ask = |branch_id| Assignment { branch_id, term: Term::WorkingDays(3), note: String::new() };
    let branches = bank::branches(&mut stage.db.read().await.unwrap(), 431_022).await.unwrap();
    for name in [one, other] {
        let branch = branches.iter().find(|branch| branch.name == name).unwrap().branch_id;
        assign(&stage.db, &stage.ctx(), unknown, &ask(Some(branch))).await.unwrap();
        follow("after a branch was asked").await;
    }
    let fits = differences.iter().find(|one| one.number == "A1").unwrap().difference_id;
    resolve(&stage.db, &stage.ctx(), fits, Way::BookRight, "已核对").await.unwrap();
    follow("after one was resolved").await;

    // One moves to another township, one to another branch, one to another credit manager, and one is new.
    let later = [
        row(1, JADE, one, "赵管户"),
        row(2, WHITE, one, "钱管户"),
        row(3, JADE, other, "钱管户"),
        row(4, JADE, other, "钱管户"),
        row(5, WHITE, one, "赵管户"),
    ];
    stage.read_in(Kind::Ledger, &ledger("2019-04-30", &later)).await;
    follow("after the later ledger").await;
    stage.close(date(2019, 6, 17)).await;
    follow("after the closes").await;
    take_back(stage, numbers(stage).await[0]).await;
    follow("after that ledger was taken back").await;
    // What a file raised goes with it.
    stage.read_in(Kind::Repayments, &bank_file(&[(3, "A3", 99, "S3"), (9, "A405", 1_000, "S4")])).await;
    follow("after another report").await;
    take_back(stage, numbers(stage).await[0]).await;
    follow("after that report was taken back").await;
}
story!(who_follows_has_what_they_may_see_and_nothing_else);

async fn a_program_is_told_of_the_nouns_that_it_may_read_alone(stage: &Stage) {
    let rows = [row(1, WHITE, "农商银行甲支行", "赵管户"), row(2, JADE, "农商银行乙支行", "钱管户")];
    stage.read_in(Kind::Ledger, &ledger("2019-04-30", &rows)).await;
    let start = || Position { seq: 0, noun: "~".to_owned(), id: 0 };
    let mut tx = stage.db.read().await.unwrap();
    for area in [Area::County, copies(stage).await[2].area] {
        let ctx = Ctx { scope: Scope { county_id: 431_022, area }, ..stage.ctx() };
        for noun in Noun::ALL {
            let page = feed(&mut tx, &ctx, &[noun], start(), 200).await.unwrap();
            assert!(page.items.iter().all(|item| item.noun == noun), "{:?}", page.items);
            let count = if noun == Noun::Difference { 0 } else { if area == Area::County { 2 } else { 1 } };
            assert_eq!(page.items.len(), count, "{noun:?} in {area:?}");
        }
        let nothing = feed(&mut tx, &ctx, &[], start(), 200).await.unwrap();
        assert!(nothing.items.is_empty() && !nothing.more);
    }
}
story!(a_program_is_told_of_the_nouns_that_it_may_read_alone);

async fn who_follows_hears_of_a_persons_numbers_by_what_shows_them(stage: &Stage) {
    let rows = [row(1, WHITE, "农商银行甲支行", "赵管户"), row(2, WHITE, "农商银行甲支行", "赵管户")];
    stage.read_in(Kind::Ledger, &ledger("2019-04-30", &rows)).await;
    let register = |phone: &str| {
        let who = identity(1);
        let header = "乡镇,村,户主姓名,身份证号码,家庭人口,联系电话";
        format!("{header}\n白石渡镇,白石渡村,农户1,{who},4,{phone}\n").into_bytes()
    };
    stage.read_in(Kind::Households, &register("13800000001")).await;
    let mut position = Position { seq: 0, noun: "~".to_owned(), id: 0 };
    let mut hear = async || {
        let mut tx = stage.db.read().await.unwrap();
        let page = feed(&mut tx, &stage.ctx(), &Noun::ALL, position.clone(), 200).await.unwrap();
        position = page.position;
        page.items.into_iter().map(|item| (item.noun, item.id)).collect::<BTreeSet<_>>()
    };
    hear().await;
    let loans = loan::all(&mut stage.db.read().await.unwrap(), 431_022).await.unwrap();
    let one = loans.iter().find(|loan| loan.number == "A1").unwrap();
    let shown = BTreeSet::from([(Noun::Household, one.household_id.unwrap()), (Noun::Loan, one.loan_id)]);
    stage.read_in(Kind::Households, &register("13800000002")).await;
    assert_eq!(hear().await, shown, "another phone");
    take_back(stage, numbers(stage).await[0]).await;
    assert_eq!(hear().await, shown, "and the one of before");
    erased(stage, "A1").await;
    assert_eq!(hear().await, shown, "and none");
}
story!(who_follows_hears_of_a_persons_numbers_by_what_shows_them);

async fn a_village_that_moves_on_a_day_to_come_is_told_on_that_day(stage: &Stage) {
    let (one, other) = ("农商银行甲支行", "农商银行乙支行");
    let rows = [row(1, WHITE, one, "赵管户"), row(2, WHITE, one, "赵管户"), row(3, JADE, other, "钱管户")];
    stage.read_in(Kind::Ledger, &ledger("2019-04-30", &rows)).await;
    stage.read_in(Kind::Repayments, &bank_file(&[(1, "A1", 12_345, "S1")])).await;
    stage.close(date(2019, 6, 17)).await;
    let mut copies = copies(stage).await;
    let mut follow = async |today: Date, when: &str| {
        for (at, copy) in copies.iter_mut().enumerate() {
            copy.today = today;
            copy.follow(stage, if at % 2 == 0 { 1 } else { 200 }, when).await;
        }
    };
    let today = date(2019, 6, 17);
    follow(today, "before").await;
    let village = named(stage, WHITE.1, today).await.division_id;
    let township = named(stage, JADE.0, today).await.division_id;
    let change = change_of(stage, village, FROM).await;
    move_to(&stage.db, &stage.ctx(), village, (township, ""), &change).await.unwrap();
    follow(today, "when it was decided").await;
    stage.close(FROM).await;
    follow(FROM, "on the day").await;
}
story!(a_village_that_moves_on_a_day_to_come_is_told_on_that_day);
