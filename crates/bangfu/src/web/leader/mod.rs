//! `/overview` (今日要情), a leader's first page: what is red today, where, whose, and whether it is better than before; on
//! one screen and one sheet.

pub(crate) mod view;

use askama::Template;
use axum::response::Response;
use bangfu_domain::loan::add_days;
use bangfu_domain::task::Fate;
use bangfu_domain::warning::Standing;
use bangfu_store::Tx;
use bangfu_store::board::Axis;
use bangfu_store::county::County;
use bangfu_store::task::Stage;
use bangfu_usecase::board::{Board, Figures, board};
use bangfu_usecase::outcome::{Row, find, outcomes};
use jiff::civil::Date;

use super::failure::Failure;
use super::frame::{Face, Visitor, html};
use super::home::asked;
use super::loan::filter::LoanFilter;
use super::loan::list::Names;
use super::menu::Section;
use super::outcome::address::{OutcomeAddress, What};
use super::page::{Page, unsigned};
use super::saved_list;
use view::{Overview, Rank, Share, Tile};

/// So many officers stand on the sheet.
const OFFICERS: usize = 8;

/// The standings that a leader looks at, the most urgent first.
const LOOKED_AT: [Standing; 4] = [Standing::Overdue, Standing::Awaiting, Standing::Red, Standing::Yellow];

/// The sheet.
#[derive(Template)]
#[template(path = "overview.html")]
pub(crate) struct OverviewPage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) view: Overview,
}

/// `GET /overview`
pub(super) async fn get(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    show(&face, &visitor, Section::Elsewhere).await
}

/// The sheet, as a page of its own or as the first page.
pub(super) async fn show(face: &Face, visitor: &Visitor, section: Section) -> Result<Response, Failure> {
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let mut view = look(&mut tx, face, visitor, &county).await?;
    if section == Section::Home {
        let ctx = face.ctx();
        view.waiting = asked(&mut tx, face, &ctx, visitor.lang).await?;
        view.waiting.retain(|one| one.count > 0);
        let names = Names::load(&mut tx, &ctx.scope, county.division_id, ctx.today).await?;
        view.lists = saved_list::kept(&mut tx, face, &names, ctx.today).await?;
    }
    html(&OverviewPage { page: face.page_of_loans(&mut tx, visitor, section, &county).await?, view })
}

/// Monday and Sunday of the week in which a day lies.
fn week(day: Date) -> (Date, Date) {
    let monday = add_days(day, -i32::from(day.weekday().to_monday_zero_offset()));
    (monday, add_days(monday, 6))
}

async fn look(tx: &mut Tx, face: &Face, visitor: &Visitor, county: &County) -> Result<Overview, Failure> {
    let ctx = face.ctx();
    let (today, days) = (ctx.today, week(ctx.today));
    let found = find(tx, &ctx, days).await?;
    let mut places = outcomes(tx, &ctx, &found, Axis::Township).await?;
    let mut officers = outcomes(tx, &ctx, &found, Axis::Manager).await?.rows;
    let before = match county.opening_on.is_some_and(|first| today > first) {
        true => Some(board(tx, &ctx.scope, Axis::County, add_days(today, -1), None).await?.total),
        false => None,
    };
    let week_ago = match county.opening_on.is_some_and(|first| add_days(today, -7) >= first) {
        true => Some(board(tx, &ctx.scope, Axis::Township, add_days(today, -7), None).await?),
        false => None,
    };
    let list = LoanFilter::of_day(today);
    let all = &places.whole;
    let change = |then: Option<&Figures>, standing| {
        then.map(|then| all.figures.get(standing).loans - then.get(standing).loans)
    };
    let tiles = LOOKED_AT.map(|standing| Tile {
        standing,
        loans: unsigned(all.figures.get(standing).loans),
        balance: all.figures.get(standing).balance_fen,
        day: change(before.as_ref(), standing),
        week: change(week_ago.as_ref().map(|board| &board.total), standing),
        href: list.standing(standing).address(),
    });
    let work = OutcomeAddress::of(days);
    let share = |what: What, count: i64| Share { count: unsigned(count), href: work.list(what).list_path() };
    let whole = places.whole.clone();
    places
        .rows
        .sort_by(|one, other| urgency(other).cmp(&urgency(one)).then_with(|| one.code.cmp(&other.code)));
    officers.retain(|row| urgency(row) > (0, 0, 0, 0));
    officers.sort_by(|one, other| urgency(other).cmp(&urgency(one)).then_with(|| one.name.cmp(&other.name)));
    officers.truncate(OFFICERS);
    let places = places.rows.iter().map(|row| {
        let township = Some(row.code.clone()).filter(|code| !code.is_empty());
        let of = LoanFilter { township: township.clone(), ..list.clone() };
        let at = OutcomeAddress { township, ..work.clone() };
        rank(row, row.name.clone(), (of, at), week_ago.as_ref())
    });
    let officers = officers.iter().map(|row| {
        let of = LoanFilter { officer: Some(row.key_id), ..list.clone() };
        let at = OutcomeAddress { officer: Some(row.key_id), ..work.clone() };
        let name = if row.name.is_empty() { visitor.lang.text("no-manager") } else { row.name.clone() };
        rank(row, name, (of, at), None)
    });
    Ok(Overview {
        tiles: tiles.to_vec(),
        owing: (unsigned(whole.loans()), whole.figures.owing().balance_fen, list.address()),
        overdue_fen: whole.figures.get(Standing::Overdue).balance_fen,
        open: share(What::Tasks(Stage::Open), whole.of(Stage::Open)),
        late: share(What::Tasks(Stage::LateNow), whole.of(Stage::LateNow)),
        promised: share(What::Promises(None), whole.promises.all()),
        promised_fen: whole.promises.amounts.iter().copied().sum(),
        kept: share(What::Promises(Some(Fate::Kept)), whole.promises.of(Fate::Kept)),
        broken: share(What::Promises(Some(Fate::Broken)), whole.promises.of(Fate::Broken)),
        week: days,
        closed_on: county.closed_on,
        places: places.collect(),
        officers: officers.collect(),
        waiting: Vec::new(),
        lists: Vec::new(),
    })
}

/// How urgent a row is: what is overdue, what is late, what is red, what awaits the bank.
fn urgency(row: &Row) -> (i64, i64, i64, i64) {
    let of = |standing| row.work.figures.get(standing).loans;
    (of(Standing::Overdue), row.work.of(Stage::LateNow), of(Standing::Red), of(Standing::Awaiting))
}

fn rank(
    row: &Row,
    name: String,
    (list, work): (LoanFilter, OutcomeAddress),
    week_ago: Option<&Board>,
) -> Rank {
    let of = |standing: Standing| {
        let loans = row.work.figures.get(standing).loans;
        Share { count: unsigned(loans), href: list.standing(standing).address() }
    };
    let red = row.work.figures.get(Standing::Red).loans;
    let then = week_ago.map(|board| {
        let then = board.rows.iter().find(|then| then.key_id == row.key_id);
        then.map_or(0, |then| then.figures.get(Standing::Red).loans)
    });
    Rank {
        name,
        href: list.address(),
        overdue: of(Standing::Overdue),
        awaiting: of(Standing::Awaiting),
        red: of(Standing::Red),
        red_week: then.map(|then| red - then),
        late: Share {
            count: unsigned(row.work.of(Stage::LateNow)),
            href: work.list(What::Tasks(Stage::LateNow)).list_path(),
        },
        overdue_fen: row.work.figures.get(Standing::Overdue).balance_fen,
        owing_fen: row.work.figures.owing().balance_fen,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_week_runs_from_monday_to_sunday() {
        let june = |day| date(2019, 6, day);
        for day in 17..=23 {
            assert_eq!(week(june(day)), (june(17), june(23)), "{day}");
        }
        assert_eq!(week(june(16)), (june(10), june(16)));
    }
}
