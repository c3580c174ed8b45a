//! `/officers`: who looks after which households.

pub(super) mod one;
pub(crate) mod view;

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use bangfu_domain::officer::Role;
use bangfu_domain::text::squeeze;
use bangfu_domain::warning::Standing;
use bangfu_usecase::officer::{self, Line};
use serde::Deserialize;

use super::board::view::{Cell, SHOWN};
use super::failure::Failure;
use super::frame::{Face, Visitor, html};
use super::loan::filter::{LoanFilter, Wanted};
use super::menu::Section;
use super::page::{Page, unsigned};
use view::{OfficerGroup, OfficerRow, Officers};

/// The county's officers.
#[derive(Template)]
#[template(path = "officers.html")]
pub(crate) struct OfficersPage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) officers: Officers,
}

/// Who is asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    role: String,
}

/// The address of an officer's page.
pub(crate) fn path(officer_id: i64) -> String {
    format!("/officers/{officer_id}")
}

/// `GET /officers`
pub(super) async fn get(
    face: Face,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let mut roster = officer::roster(&mut tx, &ctx.scope, ctx.today).await?;
    // Whoever has left is shown while something is left in their care.
    roster.retain(|line| {
        line.officer.serves_on(ctx.today) || line.households > 0 || line.figures.owing().loans > 0
    });
    let officers =
        view(&roster, &squeeze(&asked.q), Role::from_key(&asked.role), &LoanFilter::of_day(ctx.today));
    html(&OfficersPage { page: face.page(&visitor, Section::Officers, &county), officers })
}

fn view(roster: &[Line], search: &str, role: Option<Role>, list: &LoanFilter) -> Officers {
    let mut groups: Vec<OfficerGroup> = Vec::new();
    let mut shown: u64 = 0;
    let wanted = roster.iter().filter(|line| {
        role.is_none_or(|role| line.officer.roles.contains(&role)) && line.officer.name.contains(search)
    });
    for line in wanted {
        shown += 1;
        let row = row(line, list);
        match groups.iter_mut().find(|group| group.place == line.place) {
            Some(group) => group.officers.push(row),
            None => groups.push(OfficerGroup {
                place: line.place.clone(),
                anchor: format!("place-{}", line.officer.division_id),
                officers: vec![row],
            }),
        }
    }
    let roles = Role::ALL
        .into_iter()
        .map(|role| {
            let with = roster.iter().filter(|line| line.officer.roles.contains(&role)).count();
            (role.key().to_owned(), unsigned(with))
        })
        .filter(|(_, with)| *with > 0)
        .collect();
    Officers {
        search: search.to_owned(),
        role: role.map(|role| role.key().to_owned()).unwrap_or_default(),
        roles,
        count: shown,
        groups,
    }
}

fn row(line: &Line, list: &LoanFilter) -> OfficerRow {
    let filter = LoanFilter { officer: Some(line.officer.officer_id), ..list.clone() };
    let cell = |standing: Standing| Cell {
        standing,
        loans: unsigned(line.figures.get(standing).loans),
        bar: 0,
        href: filter.standing(standing).address(),
    };
    let manages = line.officer.roles.contains(&Role::CreditManager);
    OfficerRow {
        name: line.officer.name.clone(),
        href: path(line.officer.officer_id),
        role_keys: line.officer.roles.iter().map(|role| role.key().to_owned()).collect(),
        unconfirmed: !line.officer.confirmed,
        households: unsigned(line.households),
        households_href: LoanFilter {
            tied: Some(line.officer.officer_id),
            state: Wanted::Any,
            ..list.clone()
        }
        .address(),
        loans: manages.then(|| (unsigned(line.figures.owing().loans), filter.address())),
        cells: if manages { SHOWN.into_iter().map(cell).collect() } else { Vec::new() },
    }
}
