//! `/divisions`: townships, villages and service points.

pub(crate) mod view;

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use bangfu_domain::division::VillageKind;
use bangfu_domain::text::squeeze;
use bangfu_store::loan::Totals;
use bangfu_usecase::division::{self, Station, Township, Tree};
use serde::Deserialize;

use super::board::view::Tally;
use super::failure::Failure;
use super::frame::{Face, Visitor, html};
use super::loan::filter::LoanFilter;
use super::menu::Section;
use super::page::{Page, unsigned};
use view::{Divisions, Points, TownshipRow, VillageRow};

/// The places of the visitor's area.
#[derive(Template)]
#[template(path = "divisions.html")]
pub(crate) struct DivisionsPage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) divisions: Divisions,
}

/// What is searched for.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    q: String,
}

/// `GET /divisions`
pub(super) async fn get(
    face: Face,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let tree = division::tree(&mut tx, &ctx.scope, ctx.today).await?;
    let divisions = view(&tree, asked.q.trim(), LoanFilter::of_day(ctx.today));
    html(&DivisionsPage { page: face.page(&visitor, Section::Divisions, &county), divisions })
}

fn view(tree: &Tree, search: &str, list: LoanFilter) -> Divisions {
    let villages = || tree.townships.iter().flat_map(|township| &township.villages);
    let of_kind = |kind| villages().filter(move |village| VillageKind::of_code(&village.place.code) == kind);
    let wanted = squeeze(search);
    let wanted: &str = wanted.as_ref();
    let rows = tree
        .townships
        .iter()
        .filter_map(|township| {
            // A township that is meant shows all its villages; else only those that are.
            let whole = wanted.is_empty() || is_meant(&township.station, wanted);
            let shown: Vec<VillageRow> = township
                .villages
                .iter()
                .filter(|village| whole || is_meant(village, wanted))
                .map(|village| village_row(village, &list))
                .collect();
            if !whole && shown.is_empty() {
                return None;
            }
            let place = &township.station.place;
            let filter = LoanFilter { township: Some(place.code.clone()), ..list.clone() };
            Some(TownshipRow {
                code: place.code.clone(),
                name: place.name.clone(),
                service_point: township.station.has_service_point,
                owing: tally(township.station.owing),
                href: filter.address(),
                villages: shown,
                open: !wanted.is_empty(),
            })
        })
        .collect();
    Divisions {
        search: search.to_owned(),
        townships: unsigned(tree.townships.len()),
        villages: unsigned(of_kind(VillageKind::Village).count()),
        communities: unsigned(of_kind(VillageKind::Community).count()),
        points: Points {
            county: u64::from(tree.has_service_centre),
            townships: unsigned(tree.townships.iter().filter(has_centre).count()),
            villages: unsigned(villages().filter(|village| village.has_service_point).count()),
        },
        rows,
    }
}

fn village_row(village: &Station, list: &LoanFilter) -> VillageRow {
    let code = village.place.code.clone();
    VillageRow {
        name: village.place.name.clone(),
        service_point: village.has_service_point,
        owing: tally(village.owing),
        href: LoanFilter { village: Some(code.clone()), ..list.clone() }.address(),
        code,
    }
}

fn is_meant(station: &Station, wanted: &str) -> bool {
    station.place.name.contains(wanted) || station.place.code.starts_with(wanted)
}

fn has_centre(township: &&Township) -> bool {
    township.station.has_service_point
}

fn tally(totals: Totals) -> Tally {
    Tally { loans: unsigned(totals.loans), balance: totals.balance_fen }
}
