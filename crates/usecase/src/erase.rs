//! A person's numbers are erased: their own key is destroyed, and whatever else of a number lies in the book goes with it.
//! The person's name, loans and events stay: the book of the money tells what happened.

use bangfu_domain::identity::IdentityNumber;
use bangfu_domain::text::squeeze;
use bangfu_store::import::{self, Forgotten};
use bangfu_store::person::{self, SecretKind};
use bangfu_store::{Db, Scope, Tx, audit, county, loan};
use serde_json::json;

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::loan::mask_phone;
use crate::reason::sound_reason;

/// What was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// The person.
    pub person_id: i64,
    /// How many numbers there were.
    pub numbers: u64,
    /// What was done about files that held them.
    pub files: Forgotten,
}

/// Erases the numbers of the person who bears an identity number or borrowed the loan of a contract number. What a backup
/// holds stays in it, and a file that brings the number again brings it again.
///
/// # Errors
/// Nothing or more than one person is meant, or no reason was given.
pub async fn erase(db: &Db, ctx: &Ctx, number: &str, reason: &str) -> Result<Erased, Error> {
    let reason = sound_reason(reason, Refusal::NoResolution)?;
    let county_id = ctx.scope.whole().ok_or(Refusal::NotFound)?;
    in_write!(db, |tx| async {
        let person_id = meant(db, tx, ctx, number).await?.ok_or(Refusal::NotFound)?;
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let mut texts = Vec::new();
        for kind in [SecretKind::Identity, SecretKind::Phone] {
            if let Some(text) = person::secret(tx, db.key(), county_id, person_id, kind).await? {
                let masked = match IdentityNumber::parse(&text) {
                    Ok(identity) => identity.masked(),
                    Err(_) => mask_phone(&text),
                };
                texts.push((text, masked));
            }
        }
        let files = import::forget(tx, db.key(), county_id, &texts).await?;
        let numbers = person::erase(tx, county_id, person_id).await?;
        let facts = json!({ "numbers": numbers, "files": files.files, "reports": files.reports });
        let mut entry = ctx.entry("person-erased", person_id.to_string(), &facts);
        entry.reason = Some(reason.clone());
        audit::add(tx, county_id, stamp, &entry).await?;
        audit::note_changes(tx, county_id, stamp, "person", &[person_id]).await?;
        Ok::<Erased, Error>(Erased { person_id, numbers, files })
    })
}

/// The one person whom a number names.
async fn meant(db: &Db, tx: &mut Tx, ctx: &Ctx, number: &str) -> Result<Option<i64>, Error> {
    let number = squeeze(number);
    let hash =
        db.key().hash(&IdentityNumber::parse(&number).map_or(number.clone(), |one| one.as_str().to_owned()));
    let found = person::found(tx, ctx.county_id(), SecretKind::Identity, &[hash]).await?;
    if let [(_, person_id, _)] = found.as_slice() {
        return Ok(Some(*person_id));
    }
    let scope = Scope::county(ctx.county_id());
    let loans = loan::by_numbers(tx, &scope, ctx.today, &[&number]).await?;
    match loans.as_slice() {
        [one] => Ok(loan::borrower(tx, ctx.county_id(), one.loan_id).await?),
        _ => Ok(None),
    }
}
