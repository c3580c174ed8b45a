//! Lists of loans that people keep under a name, for themselves or for everybody.

use bangfu_domain::text::squeeze;
use bangfu_store::saved_list::{self, SavedList};
use bangfu_store::{Db, Tx, audit, county};
use serde_json::json;

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;

/// The longest name, in characters.
pub const NAME_MAX: usize = 30;

/// So many lists somebody keeps at most, and so many of others are shown.
pub const LISTS_MAX: usize = 30;

/// Keeps a list under a name; one of theirs that bears it already is told anew. `words` is the list's address from the
/// question mark on, without a day and without what is nobody's to keep: the door makes it.
pub async fn save(
    db: &Db,
    ctx: &Ctx,
    account_id: i64,
    name: &str,
    words: &str,
    shared: bool,
) -> Result<(), Error> {
    let name = name.trim();
    if squeeze(name).is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        return Err(Refusal::SavedListName { most: NAME_MAX }.into());
    }
    in_write!(db, |tx| async {
        let county_id = ctx.county_id();
        let own = saved_list::own(tx, &ctx.scope, account_id).await?;
        let known = own.iter().find(|list| list.name == name).map(|list| list.saved_list_id);
        if known.is_none() && own.len() >= LISTS_MAX {
            return Err(Refusal::SavedListsFull { most: LISTS_MAX }.into());
        }
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let saved_list_id = match known {
            Some(id) => id,
            None => county::take_ids(tx, county_id, 1).await?,
        };
        let list =
            SavedList { saved_list_id, account_id, name: name.to_owned(), words: words.to_owned(), shared };
        saved_list::put(tx, county_id, &list).await?;
        let facts = json!({ "name": name, "shared": shared });
        let entry = ctx.entry("list-saved", saved_list_id.to_string(), &facts);
        audit::add(tx, county_id, stamp, &entry).await?;
        Ok::<(), Error>(())
    })
}

/// Forgets one of somebody's own lists.
pub async fn forget(db: &Db, ctx: &Ctx, account_id: i64, saved_list_id: i64) -> Result<(), Error> {
    in_write!(db, |tx| async {
        let county_id = ctx.county_id();
        if !saved_list::forget(tx, county_id, account_id, saved_list_id).await? {
            return Err(Refusal::NotFound.into());
        }
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let entry = ctx.entry("list-forgotten", saved_list_id.to_string(), &json!({}));
        audit::add(tx, county_id, stamp, &entry).await?;
        Ok::<(), Error>(())
    })
}

/// Somebody's own lists, and what others share, each with whose it is.
pub async fn lists(
    tx: &mut Tx,
    ctx: &Ctx,
    account_id: i64,
) -> Result<(Vec<SavedList>, Vec<(SavedList, String)>), Error> {
    let own = saved_list::own(tx, &ctx.scope, account_id).await?;
    let most = i64::try_from(LISTS_MAX).unwrap_or(i64::MAX);
    Ok((own, saved_list::shared(tx, &ctx.scope, account_id, most).await?))
}
