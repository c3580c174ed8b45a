//! `/outcomes/loans`: the loans behind a number of the figures.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use bangfu_store::Tx;
use bangfu_store::task::{Stage, TaskCursor, TaskRow, Whose};
use bangfu_usecase::ctx::Ctx;
use bangfu_usecase::outcome::{PromiseLine, behind, promised};
use jiff::civil::Date;

use super::address::{OutcomeAddress, RawAddress, What};
use super::view::{AboutRow, BehindRow, BehindView};
use crate::texts::Lang;
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor, html};
use crate::web::loan::list::Names;
use crate::web::menu::Section;
use crate::web::page::Page;

/// Loans on a page.
const PAGE: usize = 50;

/// The loans behind a number.
#[derive(Template)]
#[template(path = "outcome_loans.html")]
pub(crate) struct BehindPage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) view: BehindView,
}

/// `GET /outcomes/loans`
pub(crate) async fn list(
    face: Face,
    visitor: Visitor,
    Query(raw): Query<RawAddress>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let address = OutcomeAddress::read(&raw, ctx.today)?;
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let names = Names::load(&mut tx, &ctx.scope, county.division_id, ctx.today).await?;
    let view = look(&mut tx, &ctx, &names, visitor.lang, address, PAGE).await?;
    html(&BehindPage { page: face.page_of_loans(&mut tx, &visitor, Section::Board, &county).await?, view })
}

/// The loans behind a number, at most so many.
pub(super) async fn look(
    tx: &mut Tx,
    ctx: &Ctx,
    names: &Names,
    lang: Lang,
    address: OutcomeAddress,
    limit: usize,
) -> Result<BehindView, Failure> {
    let what = address.what.unwrap_or(What::Tasks(Stage::Began));
    let place = match &address.township {
        Some(code) => Some(names.place(code).ok_or(Failure::NotFound)?),
        None => None,
    };
    let whose = Whose {
        division_id: place.map(|place| place.division_id),
        branch_id: address.branch,
        manager_id: address.officer,
    };
    let (rows, next) = match what {
        What::Tasks(stage) => {
            let after = address.after.map(|(on, task_id)| TaskCursor { on, task_id });
            let (rows, next) = behind(tx, ctx, (stage, address.days, whose), after, limit).await?;
            let rows: Vec<BehindRow> = rows.iter().map(|row| task(names, row, ctx.today)).collect();
            (rows, next.map(|next| (next.on, next.task_id)))
        }
        What::Promises(fate) => {
            let after = address.after.and_then(|(on, id)| Some((on?, id)));
            let asked = (address.days, whose);
            let (rows, next) = promised(tx, ctx, asked, (fate, after), Some(limit)).await?;
            let rows = rows.iter().map(|line| promise(names, line)).collect();
            (rows, next.map(|(on, id)| (Some(on), id)))
        }
    };
    let of_whom = [
        place.map(|place| place.name.clone()),
        address.branch.map(|id| names.branch(id).to_owned()),
        address.officer.map(|id| match id {
            0 => lang.text("no-manager"),
            id => names.officer(id).unwrap_or_default().to_owned(),
        }),
    ];
    let next = next.map(|next| OutcomeAddress { after: Some(next), ..address.clone() }.list_path());
    let back = OutcomeAddress::of(address.days).path();
    Ok(BehindView {
        text_key: what.text_key(),
        whose: of_whom.into_iter().flatten().find(|name| !name.is_empty()),
        of_days: !matches!(what, What::Tasks(stage) if !stage.is_of_days()),
        rows,
        next,
        back,
        address: OutcomeAddress { what: Some(what), ..address },
    })
}

fn task(names: &Names, row: &TaskRow, today: Date) -> BehindRow {
    let task = &row.stored.task;
    let by = task.late_after().map(|by| (by, by < today));
    let about = AboutRow::Task(task.level, row.stored.made_on, by, row.due_on, row.balance_fen);
    let loan = (row.stored.loan_id, row.number.as_str(), row.borrower_name.as_str());
    behind_row(names, loan, (row.village_id, row.branch_id, row.manager_id), about)
}

fn promise(names: &Names, (one, fate): &PromiseLine) -> BehindRow {
    let manager = Some(one.manager_id).filter(|id| *id != 0);
    let about = AboutRow::Promise(one.made_on, one.promise.on, one.promise.amount_fen, *fate);
    let loan = (one.loan_id, one.number.as_str(), one.borrower_name.as_str());
    behind_row(names, loan, (one.village_id, one.branch_id, manager), about)
}

fn behind_row(
    names: &Names,
    (loan_id, number, borrower): (i64, &str, &str),
    (village, branch, manager): (i64, i64, Option<i64>),
    about: AboutRow,
) -> BehindRow {
    let (township, village) = names.village(village);
    BehindRow {
        href: format!("/loans/{loan_id}"),
        borrower: borrower.to_owned(),
        number: number.to_owned(),
        place: format!("{township} {village}").trim().to_owned(),
        branch: names.branch(branch).to_owned(),
        manager: manager.and_then(|id| names.officer(id)).map(str::to_owned),
        about,
    }
}
