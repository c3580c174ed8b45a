//! `/admin`: what keeps the county's system going, as far as whoever is signed in may open it.

pub(crate) mod bank;
#[cfg(test)]
mod keeping;
pub(crate) mod officer;
pub(crate) mod places;
pub(crate) mod service_point;
pub(crate) mod system;
#[cfg(test)]
mod tests;

use askama::Template;
use axum::response::Response;
use bangfu_usecase::access::Right;

use super::failure::Failure;
use super::frame::{Face, Visitor, html};
use super::menu::Section;
use super::page::Page;

/// The cards.
#[derive(Template)]
#[template(path = "admin.html")]
pub(crate) struct AdminPage {
    /// The frame.
    pub(crate) page: Page,
    /// Those that may be opened.
    pub(crate) cards: Vec<Card>,
}

/// A way to a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Card {
    /// Where it leads.
    pub(crate) href: &'static str,
    /// The key of its name.
    pub(crate) name_key: &'static str,
    /// The key of what is found there.
    pub(crate) hint_key: &'static str,
    right: Right,
}

const fn card(href: &'static str, name_key: &'static str, hint_key: &'static str, right: Right) -> Card {
    Card { href, name_key, hint_key, right }
}

const CARDS: [Card; 12] = [
    card("/admin/system", "admin-system", "admin-system-hint", Right::SeeSystem),
    card("/admin/packs", "packs-title", "packs-hint", Right::SeeRules),
    card("/admin/calendar", "calendar-title", "calendar-hint", Right::SeeRules),
    card("/admin/places", "places-title", "places-card", Right::KeepPlaces),
    card("/admin/officers", "keep-officers-title", "keep-officers-card", Right::KeepOfficers),
    card("/admin/branches", "keep-branches-title", "keep-branches-card", Right::KeepBanks),
    card("/admin/addresses", "addresses-title", "addresses-card", Right::KeepMessages),
    card("/admin/slip-text", "slip-text-title", "slip-text-hint", Right::KeepMessages),
    card("/accounts", "accounts-title", "admin-accounts-hint", Right::ManageAccounts),
    card("/tokens", "tokens-title", "admin-tokens-hint", Right::ManageAccounts),
    card("/layouts", "layouts-title", "admin-layouts-hint", Right::KeepLayouts),
    card("/erasures", "erasures-title", "erasures-hint", Right::DecideErasure),
];

/// The cards that somebody with these rights finds.
pub(crate) fn cards(may: impl Fn(Right) -> bool) -> Vec<Card> {
    CARDS.into_iter().filter(|card| may(card.right)).collect()
}

/// `GET /admin`
pub(super) async fn get(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    let county = face.county(&mut face.app.db.read().await?).await?;
    let page = face.page(&visitor, Section::Administration, &county);
    html(&AdminPage { page, cards: cards(|right| face.may(right)) })
}
