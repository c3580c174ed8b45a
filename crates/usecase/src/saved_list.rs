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

/// So many lists somebody keeps at most.
pub const LISTS_MAX: usize = 30;

/// So many lists are shared in the county at most: each of them is shown to everybody.
pub const SHARED_MAX: usize = 30;

/// Why a list cannot be kept or shared so. Doors render it in the user's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListFault {
    /// A list that is kept needs a name, and not too long a one.
    Name {
        /// The most characters.
        most: usize,
    },
    /// Somebody keeps as many lists as they may.
    Full {
        /// How many.
        most: usize,
    },
    /// A list that was to be shared names somebody: one person's or household's loans are not for everybody to look up.
    Personal,
    /// As many lists are shared in the county as are shown to everybody.
    SharedFull {
        /// How many.
        most: usize,
    },
}

impl From<ListFault> for Error {
    fn from(fault: ListFault) -> Error {
        Refusal::SavedList(fault).into()
    }
}

impl ListFault {
    /// The key of its text.
    pub const fn key(self) -> &'static str {
        match self {
            ListFault::Name { .. } => "saved-list-name",
            ListFault::Full { .. } => "saved-lists-full",
            ListFault::Personal => "saved-list-personal",
            ListFault::SharedFull { .. } => "shared-lists-full",
        }
    }

    /// The parameters of its text.
    pub fn args(self) -> Vec<(&'static str, String)> {
        match self {
            ListFault::Name { most } | ListFault::Full { most } | ListFault::SharedFull { most } => {
                vec![("most", most.to_string())]
            }
            ListFault::Personal => Vec::new(),
        }
    }
}

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
        return Err(ListFault::Name { most: NAME_MAX }.into());
    }
    in_write!(db, ctx.county_id(), |tx| async {
        let county_id = ctx.county_id();
        let own = saved_list::own(tx, &ctx.scope, account_id).await?;
        let before = own.iter().find(|list| list.name == name);
        let known = before.map(|list| list.saved_list_id);
        let is_more = shared && !before.is_some_and(|list| list.shared);
        if is_more && saved_list::shared_count(tx, &ctx.scope).await? >= most_shared() {
            return Err(ListFault::SharedFull { most: SHARED_MAX }.into());
        }
        if known.is_none() && own.len() >= LISTS_MAX {
            return Err(ListFault::Full { most: LISTS_MAX }.into());
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
    in_write!(db, ctx.county_id(), |tx| async {
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
    Ok((own, saved_list::shared(tx, &ctx.scope, account_id, most_shared()).await?))
}

fn most_shared() -> i64 {
    i64::try_from(SHARED_MAX).unwrap_or(i64::MAX)
}
