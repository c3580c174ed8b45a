//! Posts in words: what somebody is, and where.

use bangfu_domain::division::Level;
use bangfu_domain::officer::Role;
use bangfu_store::Area;
use bangfu_store::account::{Post, area_of, area_words};
use bangfu_usecase::access::AreaKind;
use bangfu_usecase::account::Areas;

use crate::texts::Lang;

/// Areas of one kind to choose from.
#[derive(Debug, Clone)]
pub(crate) struct AreaGroup {
    /// The key of its heading.
    pub(crate) key: &'static str,
    /// What a form sends, and the name.
    pub(crate) areas: Vec<(String, String)>,
}

/// What somebody is, and where.
pub(crate) fn said(lang: Lang, areas: &Areas, post: &Post) -> String {
    let role = lang.text(&format!("role-{}", post.role.key()));
    format!("{role} · {}", area(lang, areas, post.area))
}

fn area(lang: Lang, areas: &Areas, area: Area) -> String {
    match (areas.name(area), area) {
        (None, _) => lang.text("area-gone"),
        (Some(name), Area::Officer(_)) => lang.text_with("area-tied", &[("name", name.into())]),
        (Some(name), _) => name,
    }
}

/// All areas, by kind, to choose from: villages last, since there are most of them.
pub(in crate::web) fn groups(lang: Lang, areas: &Areas) -> Vec<AreaGroup> {
    let kinds = [
        ("area-county", AreaKind::County, Level::County),
        ("area-townships", AreaKind::Division, Level::Township),
        ("area-branches", AreaKind::Branch, Level::County),
        ("area-officers", AreaKind::Officer, Level::County),
        ("area-villages", AreaKind::Division, Level::Village),
    ];
    let group = |(key, kind, level)| {
        let areas = areas.of(kind, level).into_iter().map(|one| (sent(one), area(lang, areas, one)));
        AreaGroup { key, areas: areas.collect() }
    };
    kinds.map(group).into_iter().filter(|group| !group.areas.is_empty()).collect()
}

/// The keys of all roles.
pub(in crate::web) fn roles() -> Vec<&'static str> {
    Role::ALL.into_iter().map(Role::key).collect()
}

/// An area as a form sends it: `division-7`.
fn sent(area: Area) -> String {
    let (kind, id) = area_words(area);
    format!("{kind}-{id}")
}

/// The area that a form sent.
pub(in crate::web) fn received(sent: &str) -> Option<Area> {
    let (kind, id) = sent.split_once('-')?;
    area_of(kind, id.parse().ok()?)
}
