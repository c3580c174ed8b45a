//! Layouts: the county names how its files and its banks' files hold their columns, and they are read so from then on.

use bangfu_sheets::Kind;
use bangfu_sheets::book::Book;
use bangfu_sheets::layout::{Layout, Recognised, recognise as recognised};
use bangfu_store::layout::{self, StoredLayout};
use bangfu_store::{Db, Tx, audit, county};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;

/// The longest name of a layout, in characters.
pub const NAME_MAX: usize = 40;

/// The layout by which a file's columns are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// Its id, if the county remembers it.
    pub layout_id: Option<i64>,
    /// Its name; empty for one that was told for this file alone.
    pub name: String,
    /// What it says.
    pub layout: Layout,
}

impl Chosen {
    /// As text, to keep it with an import.
    pub(crate) fn to_text(&self) -> String {
        json!(self).to_string()
    }

    /// From that text.
    pub(crate) fn from_text(text: &str) -> Result<Chosen, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }
}

/// A layout of the county.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its id.
    pub layout_id: i64,
    /// The kind of file.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// What it says.
    pub layout: Layout,
    /// Who named it.
    pub actor: String,
    /// When, in microseconds since 1970.
    pub created_at: i64,
    /// How often it was told.
    pub version: i64,
}

impl Named {
    /// As the layout of a file.
    pub fn chosen(&self) -> Chosen {
        let (layout_id, name) = (Some(self.layout_id), self.name.clone());
        Chosen { layout_id, name, layout: self.layout.clone() }
    }
}

/// What a file is recognised as.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// Its layout, if there is one.
    pub chosen: Option<Chosen>,
    /// The names of several among which only people can tell.
    pub alike: Vec<String>,
}

/// The layouts of the county, by kind and age.
pub async fn list(db: &Db, ctx: &Ctx) -> Result<Vec<Named>, Error> {
    read_all(&mut db.read().await?, ctx).await
}

/// One of them.
pub async fn get(db: &Db, ctx: &Ctx, layout_id: i64) -> Result<Named, Error> {
    find(&mut db.read().await?, ctx, layout_id).await
}

/// The one of a kind that bears a name.
pub async fn by_name(db: &Db, ctx: &Ctx, kind: Kind, name: &str) -> Result<Chosen, Error> {
    let of_kind: Vec<Named> = list(db, ctx).await?.into_iter().filter(|one| one.kind == kind).collect();
    match of_kind.iter().find(|one| one.name == name.trim()) {
        Some(found) => Ok(found.chosen()),
        None => {
            let known = of_kind.into_iter().map(|one| one.name).collect();
            Err(Refusal::UnknownLayout { name: name.to_owned(), known }.into())
        }
    }
}

/// The county's layout that a file has.
pub async fn recognise(db: &Db, ctx: &Ctx, kind: Kind, book: &Book) -> Result<Found, Error> {
    let of_kind: Vec<Named> = list(db, ctx).await?.into_iter().filter(|one| one.kind == kind).collect();
    let layouts: Vec<Layout> = of_kind.iter().map(|one| one.layout.clone()).collect();
    Ok(match recognised(book, kind, &layouts) {
        Recognised::None => Found::default(),
        Recognised::One { index, .. } => {
            Found { chosen: of_kind.get(index).map(Named::chosen), alike: Vec::new() }
        }
        Recognised::Several(alike) => {
            let names = alike.into_iter().filter_map(|index| of_kind.get(index));
            Found { chosen: None, alike: names.map(|one| one.name.clone()).collect() }
        }
    })
}

/// Remembers a layout under a name. A layout of that name is told anew: the file of a month is the newest that is
/// known of its origin.
pub async fn remember(db: &Db, ctx: &Ctx, kind: Kind, name: &str, layout: &Layout) -> Result<Chosen, Error> {
    let name = sound_name(name)?;
    in_write!(db, ctx.county_id(), |tx| async {
        let known = read_all(tx, ctx).await?.into_iter().find(|one| one.kind == kind && one.name == name);
        if let Some(same) = known.as_ref().filter(|known| known.layout == *layout) {
            return Ok(same.chosen());
        }
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        let before = known.clone();
        let named = match known {
            Some(known) => Named { version: known.version + 1, layout: layout.clone(), ..known },
            None => Named {
                layout_id: county::take_ids(tx, ctx.county_id(), 1).await?,
                kind,
                name: name.clone(),
                layout: layout.clone(),
                actor: ctx.actor.clone(),
                created_at: stamp.at,
                version: 1,
            },
        };
        let action = if named.version == 1 { "layout-named" } else { "layout-corrected" };
        write(tx, ctx, stamp, (&named, before.as_ref()), action).await?;
        Ok::<Chosen, Error>(named.chosen())
    })
}

/// Gives a layout another name.
pub async fn rename(db: &Db, ctx: &Ctx, layout_id: i64, name: &str) -> Result<(), Error> {
    let name = sound_name(name)?;
    in_write!(db, ctx.county_id(), |tx| async {
        let known = find(tx, ctx, layout_id).await?;
        let of_kind = read_all(tx, ctx).await?.into_iter().filter(|one| one.kind == known.kind);
        if of_kind.into_iter().any(|one| one.name == name && one.layout_id != layout_id) {
            return Err(Refusal::LayoutNameTaken { name: name.clone() }.into());
        }
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        let named = Named { version: known.version + 1, name: name.clone(), ..known.clone() };
        write(tx, ctx, stamp, (&named, Some(&known)), "layout-renamed").await
    })
}

/// Tells a layout anew.
pub async fn correct(db: &Db, ctx: &Ctx, layout_id: i64, layout: &Layout) -> Result<(), Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let known = find(tx, ctx, layout_id).await?;
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        let named = Named { version: known.version + 1, layout: layout.clone(), ..known.clone() };
        write(tx, ctx, stamp, (&named, Some(&known)), "layout-corrected").await
    })
}

/// Forgets a layout: files are not read by it any more.
pub async fn forget(db: &Db, ctx: &Ctx, layout_id: i64) -> Result<(), Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let known = find(tx, ctx, layout_id).await?;
        let stamp = county::stamp(tx, ctx.county_id(), ctx.micros()).await?;
        layout::forget(tx, ctx.county_id(), layout_id).await?;
        let facts = json!({ "kind": known.kind.key(), "name": known.name });
        let entry = ctx.entry("layout-forgotten", layout_id.to_string(), &facts);
        audit::add(tx, ctx.county_id(), stamp, &entry).await?;
        audit::note_changes(tx, ctx.county_id(), stamp, "layout", &[layout_id]).await?;
        Ok::<(), Error>(())
    })
}

async fn write(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: county::Stamp,
    (named, before): (&Named, Option<&Named>),
    action: &'static str,
) -> Result<(), Error> {
    let stored = StoredLayout {
        layout_id: named.layout_id,
        kind: named.kind.key().to_owned(),
        name: named.name.clone(),
        body: json!(named.layout).to_string(),
        signature: named.layout.signature().into_iter().collect::<Vec<_>>().join("\n"),
        actor: named.actor.clone(),
        created_at: named.created_at,
        version: named.version,
    };
    layout::put(tx, ctx.county_id(), &stored).await?;
    let before = before.map(|before| json!({ "name": before.name, "layout": before.layout }));
    let facts = json!({ "kind": stored.kind, "name": stored.name, "layout": named.layout, "before": before });
    let entry = ctx.entry(action, named.layout_id.to_string(), &facts);
    audit::add(tx, ctx.county_id(), stamp, &entry).await?;
    audit::note_changes(tx, ctx.county_id(), stamp, "layout", &[named.layout_id]).await?;
    Ok(())
}

fn sound_name(name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    let sound = !name.is_empty() && name.chars().count() <= NAME_MAX && !name.contains(char::is_control);
    // `--layout none` reads by none.
    if sound && name != "none" { Ok(name.to_owned()) } else { Err(Refusal::LayoutName { most: NAME_MAX }) }
}

async fn find(tx: &mut Tx, ctx: &Ctx, layout_id: i64) -> Result<Named, Error> {
    let stored = layout::get(tx, &ctx.scope, layout_id).await?.ok_or(Refusal::NotFound)?;
    named(stored)
}

async fn read_all(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Named>, Error> {
    layout::list(tx, &ctx.scope).await?.into_iter().map(named).collect()
}

fn named(stored: StoredLayout) -> Result<Named, Error> {
    let damaged = |found: String| bangfu_store::Error::Value { column: 0, found };
    Ok(Named {
        layout_id: stored.layout_id,
        kind: Kind::from_key(&stored.kind).ok_or_else(|| damaged(stored.kind.clone()))?,
        name: stored.name,
        layout: serde_json::from_str(&stored.body).map_err(|error| damaged(error.to_string()))?,
        actor: stored.actor,
        created_at: stored.created_at,
        version: stored.version,
    })
}
