//! Reads the board of a day: figures, table, moves, charts and what the banks have reported.

use std::collections::BTreeMap;

use bangfu_domain::loan::{add_days, days_between};
use bangfu_domain::text::pinyin_key;
use bangfu_domain::warning::Standing;
use bangfu_store::board::Axis;
use bangfu_store::county::County;
use bangfu_store::division::Term;
use bangfu_store::loan::{self, Totals};
use bangfu_store::{Scope, Tx, bank, close, difference, division};
use bangfu_usecase::access::Right;
use bangfu_usecase::board::{self, BoardRow, Figures};
use bangfu_usecase::rules::Rules;
use jiff::civil::{Date, date};

use super::address::{BoardAddress, By};
use super::ranges::Watching;
use super::table::{self, Count, Place, Tallies, tally};
use super::view::{Board, BranchUntil, Move, Published, SHOWN, Until};
use crate::texts::{Lang, Value};
use crate::web::branch;
use crate::web::chart::{Maturities, Trend};
use crate::web::failure::Failure;
use crate::web::frame::Face;
use crate::web::loan::filter::{LoanFilter, Wanted};
use crate::web::page::unsigned;

/// The days of the trend.
const TREND_DAYS: i32 = 90;

/// What a board is read for.
pub(crate) struct Question<'a> {
    /// The pages.
    pub(crate) face: &'a Face,
    /// What the visitor may see, narrowed to the board's township.
    pub(crate) scope: Scope,
    /// The township to which the board is narrowed.
    pub(crate) township: Option<Term>,
    /// The county.
    pub(crate) county: &'a County,
    /// The packs that watch over the shown loans.
    pub(crate) watching: Watching<'a>,
    /// The language.
    pub(crate) lang: Lang,
    /// The day.
    pub(crate) day: Date,
    /// Cut, order and narrowing.
    pub(crate) address: &'a BoardAddress,
}

impl<'a> Question<'a> {
    /// What the board of an address is read for.
    pub(crate) async fn new(
        tx: &mut Tx,
        face: &'a Face,
        county: &'a County,
        lang: Lang,
        (address, day): (&'a BoardAddress, Date),
    ) -> Result<Question<'a>, Failure> {
        let mut scope = face.ctx().scope;
        let mut township = None;
        if let Some(code) = &address.township {
            let places = division::subtree(tx, county.division_id, day).await?;
            let place = places.into_iter().find(|place| place.code == *code).ok_or(Failure::NotFound)?;
            scope = scope.within(place.division_id).ok_or(Failure::NotFound)?;
            township = Some(place);
        }
        let rules = Rules::load(tx, county, None).await?;
        let packs = rules.watching(tx, &scope, day).await?;
        let watching = Watching { packs, of_day: rules.pack_or_first(day)? };
        Ok(Question { face, scope, township, county, watching, lang, day, address })
    }

    /// The division whose figures the board shows: its township, or the county.
    fn division_id(&self) -> i64 {
        self.township.as_ref().map_or(self.county.division_id, |place| place.division_id)
    }

    /// The board's title: the county and its programme.
    pub(super) fn title(&self) -> String {
        self.lang.text_with(
            "board-title",
            &[
                ("county", Value::from(self.county.on(self.day).name.as_str())),
                ("programme", Value::from(self.watching.programme(self.lang))),
            ],
        )
    }

    /// The list of all loans that the board counts. It carries its day: a link that is sent shows the same later.
    fn list(&self) -> LoanFilter {
        LoanFilter { township: self.address.township.clone(), ..LoanFilter::of_day(self.day) }
    }
}

/// Reads the table of a board, in order.
pub(crate) async fn table(tx: &mut Tx, asked: &Question<'_>) -> Result<table::Table, Failure> {
    let board = board::board(tx, &asked.scope, asked.address.by.axis(), asked.day, None).await?;
    let counts = board.rows.iter().map(|row| count(asked, row)).collect();
    Ok(table::table(asked.lang, asked.address, &asked.list(), &asked.watching.ranges(), counts))
}

fn count(asked: &Question<'_>, row: &BoardRow) -> Count {
    let nobody = || asked.lang.text("no-manager");
    let place = match asked.address.by {
        By::Township => Place::Township(row.code.clone()),
        By::Village => Place::Village(row.code.clone()),
        By::Branch => Place::Branch(row.key_id),
        By::Officer => Place::Officer(row.key_id),
    };
    let name = match (row.name.is_empty(), row.key_id) {
        (false, _) => row.name.clone(),
        (true, 0) => nobody(),
        (true, _) => row.code.clone(),
    };
    Count {
        place,
        name_key: pinyin_key(&name),
        name,
        within: Some(row.place.clone()).filter(|place| !place.is_empty() && asked.address.township.is_none()),
        tallies: tallies(&row.figures),
    }
}

fn tallies(figures: &Figures) -> Tallies {
    Standing::ALL.map(|standing| of_totals(figures.get(standing)))
}

fn of_totals(totals: Totals) -> super::view::Tally {
    tally(unsigned(totals.loans), totals.balance_fen.get())
}

/// Reads the whole board.
pub(crate) async fn board(tx: &mut Tx, asked: &Question<'_>, fresh: bool) -> Result<Board, Failure> {
    let (county, day, list, ranges) = (asked.county, asked.day, asked.list(), asked.watching.ranges());
    let table = table(tx, asked).await?;
    let now = whole(tx, asked, day).await?;
    // The first position opens the book: there is no day before it.
    let has_day_before = county.opening_on.is_some_and(|first| day > first);
    let before = if has_day_before { Some(whole(tx, asked, add_days(day, -1)).await?) } else { None };
    let closed = match county.closed_on {
        // The demo's days were closed by the wall clock of another year: their hour says nothing.
        Some(last) if !asked.face.app.demo => {
            let at = close::published(tx, &asked.scope, last).await?;
            Some((last, at.map(|(at, _)| asked.face.local(at))))
        }
        Some(last) => Some((last, None)),
        None => None,
    };
    let differences = match asked.face.may(Right::SeeDifferences) {
        true => difference::count(tx, &asked.scope, day, &difference::Filter::default()).await?,
        false => 0,
    };
    Ok(Board {
        title: asked.title(),
        day,
        address: asked.address.clone(),
        closed,
        first: county.opening_on,
        differences: unsigned(differences),
        owing: table::owing(&now),
        overdue: table::overdue(&now),
        figures: table::figures(&list, &ranges, &now, before.as_ref()),
        days_differ: ranges.0.is_none(),
        unconfirmed: asked.watching.unconfirmed(asked.lang),
        tabs: table::tabs(asked.address),
        narrowed: asked
            .township
            .as_ref()
            .map(|place| (place.name.clone(), asked.address.cut(By::Township).path())),
        headings: table.headings,
        rows: table.rows,
        quiet: table.quiet,
        total: table.total,
        moves: if has_day_before { Some(moves(tx, asked, &list).await?) } else { None },
        fresh,
        trend: trend(tx, asked).await?,
        maturities: maturities(tx, asked, &list).await?,
        untils: untils(tx, asked).await?,
        published: published(tx, asked, &now).await?,
    })
}

/// All that the board counts on a day.
async fn whole(tx: &mut Tx, asked: &Question<'_>, day: Date) -> Result<Tallies, Failure> {
    Ok(tallies(&board::board(tx, &asked.scope, Axis::County, day, None).await?.total))
}

async fn moves(tx: &mut Tx, asked: &Question<'_>, list: &LoanFilter) -> Result<Vec<Move>, Failure> {
    let mut shown = Vec::new();
    for (from, to, loans) in loan::moves(tx, &asked.scope, asked.day).await? {
        let filter = LoanFilter { state: Wanted::One(to), was: Some(from), ..list.clone() };
        shown.push(Move { from, to, loans: unsigned(loans), href: filter.address() });
    }
    Ok(shown)
}

async fn trend(tx: &mut Tx, asked: &Question<'_>) -> Result<Option<Trend>, Failure> {
    let days: Vec<(Date, [u64; 5])> = board::trend(tx, &asked.scope, asked.day, TREND_DAYS)
        .await?
        .into_iter()
        .map(|(day, figures)| (day, Trend::LINES.map(|line| unsigned(figures.get(line).loans))))
        .collect();
    let anything = days.iter().any(|(_, counts)| counts.iter().any(|count| *count > 0));
    Ok(if anything { Trend::draw(asked.lang, &days) } else { None })
}

async fn maturities(
    tx: &mut Tx,
    asked: &Question<'_>,
    list: &LoanFilter,
) -> Result<Option<Maturities>, Failure> {
    let months: Vec<_> = board::maturities(tx, &asked.scope, asked.day)
        .await?
        .into_iter()
        .filter_map(|(key, totals)| {
            let (year, month) = (i16::try_from(key / 100).ok()?, i8::try_from(key % 100).ok()?);
            let month = Date::new(year, month, 1).ok()?;
            let tally = of_totals(totals);
            let href = LoanFilter { due: Some(month), ..list.clone() }.address();
            Some((month, tally.loans, tally.balance, href))
        })
        .collect();
    let anything = months.iter().any(|(_, loans, _, _)| *loans > 0);
    Ok(if anything { Maturities::draw(asked.lang, &months) } else { None })
}

async fn untils(tx: &mut Tx, asked: &Question<'_>) -> Result<Vec<Until>, Failure> {
    let mut lenders: BTreeMap<i64, Until> = BTreeMap::new();
    let branches = bank::branches_in(tx, &asked.scope, asked.day).await?.into_iter();
    // Of one that was merged into another nobody reports any more.
    for (branch, lender) in branches.filter(|(branch, _)| branch.stands_on(asked.day)) {
        let until = lenders.entry(branch.lender_id).or_insert_with(|| Until {
            lender,
            earliest: None,
            behind: None,
            branches: Vec::new(),
        });
        until.branches.push(BranchUntil {
            name: branch.name,
            href: branch::path(branch.branch_id),
            until: branch.until_on,
        });
    }
    let mut untils: Vec<Until> = lenders.into_values().collect();
    for until in &mut untils {
        until.branches.sort_by_key(|branch| branch.until);
        until.earliest = until.branches.iter().map(|branch| branch.until).min().flatten();
        until.behind = until.earliest.map(|earliest| days_between(earliest, asked.day));
    }
    untils.sort_by_key(|until| until.earliest.unwrap_or(date(1, 1, 1)));
    Ok(untils)
}

/// The figures that the day's close published, where they differ from what is known now; `None` if the day was not
/// closed.
async fn published(
    tx: &mut Tx,
    asked: &Question<'_>,
    now: &Tallies,
) -> Result<Option<Vec<Published>>, Failure> {
    let seen = asked.face.ctx().scope;
    let of = Some(asked.division_id());
    let Some(published) = board::published(tx, &seen, asked.day, of).await? else { return Ok(None) };
    let then = published.figures.get(&asked.division_id()).map(tallies).unwrap_or_default();
    let figures = SHOWN.into_iter().map(|standing| Published {
        standing,
        then: table::of(&then, standing),
        now: table::of(now, standing),
    });
    Ok(Some(figures.filter(|figure| figure.then != figure.now).collect()))
}
