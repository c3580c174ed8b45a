//! The clauses of a pack, held against what the book knows of a loan; and as they are kept with a proposal.

use bangfu_domain::handling::{Clause, Facts, Kind, Proposal, Ruling, State, Verdict, clauses};
use bangfu_domain::identity::IdentityNumber;
use bangfu_domain::task::Outcome;
use bangfu_store::loan::Loan;
use bangfu_store::person::{self, SecretKind};
use bangfu_store::{Db, Tx, contact, county, handling, loan};
use serde_json::{Value, json};

use super::pack_of;
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::rulebook::RuleBook;
use crate::rules::Rules;

/// So many renewals are followed back: more in a row would be a ring.
const CHAIN_MAX: usize = 50;

/// The clauses that a proposal about a loan is held against.
pub(super) async fn held_against(
    db: &Db,
    tx: &mut Tx,
    ctx: &Ctx,
    loan: &Loan,
    proposal: &Proposal,
) -> Result<Vec<Ruling>, Error> {
    let county_id = ctx.county_id();
    let county = county::get(tx, county_id).await?;
    let rules = Rules::load(tx, &county, None).await?;
    let events = loan::events(tx, county_id, &[loan.loan_id]).await?;
    let events: Vec<_> = events.into_iter().map(|stored| stored.event).collect();
    let folded = rules.fold(&events, i64::MAX).ok_or(Refusal::NotFound)?;
    let facts = Facts {
        today: ctx.today,
        due_on: folded.due_on(ctx.today),
        times: times(tx, county_id, loan.loan_id).await?,
        age: age(db, tx, ctx, loan.loan_id).await?,
        misused: misused(tx, county_id, loan.loan_id).await?,
        contract: folded.terms,
    };
    let pack = pack_of(RuleBook::of_county(tx, county_id, None).await?, loan)?;
    Ok(clauses(proposal, &facts, pack, rules.pack_or_first(ctx.today)?))
}

/// How often a loan was extended or renewed, those from which it took over included.
async fn times(tx: &mut Tx, county_id: i64, loan_id: i64) -> Result<u32, Error> {
    let (mut times, mut at) = (0, loan_id);
    for _ in 0..CHAIN_MAX {
        let known = handling::of_loan(tx, county_id, at).await?.into_iter();
        let extended = known.filter(|one| one.kind == Kind::Extension && one.state == State::Granted);
        times += u32::try_from(extended.count()).unwrap_or(u32::MAX);
        let Some(renewal) = handling::origin(tx, county_id, at).await? else { break };
        times += 1;
        at = renewal.loan_id;
    }
    Ok(times)
}

async fn age(db: &Db, tx: &mut Tx, ctx: &Ctx, loan_id: i64) -> Result<Option<u32>, Error> {
    let county_id = ctx.county_id();
    let Some(person_id) = loan::borrower(tx, county_id, loan_id).await? else { return Ok(None) };
    let identity = person::secret(tx, db.key(), county_id, person_id, SecretKind::Identity).await?;
    let identity = identity.and_then(|text| IdentityNumber::parse(&text).ok());
    Ok(identity.map(|identity| identity.age_on(ctx.today)))
}

/// Whether misuse was suspected and nobody found it right since.
async fn misused(tx: &mut Tx, county_id: i64, loan_id: i64) -> Result<bool, Error> {
    let newest_first = contact::of_loan(tx, county_id, loan_id, i64::MAX).await?;
    let word = newest_first.iter().find_map(|contact| match contact.outcome {
        Outcome::Misuse => Some(true),
        Outcome::UsedAsLent => Some(false),
        _ => None,
    });
    Ok(word.unwrap_or(false))
}

/// Rulings as they are kept.
pub(super) fn kept(rulings: &[Ruling]) -> String {
    let rulings = rulings.iter().map(|one| {
        json!({ "clause": one.clause.key(), "verdict": one.verdict.key(), "limit": one.limit, "found": one.found,
                "source": one.source })
    });
    Value::Array(rulings.collect()).to_string()
}

/// Rulings as they were kept.
pub fn rulings(kept: &str) -> Vec<Ruling> {
    let list: Vec<Value> = serde_json::from_str(kept).unwrap_or_default();
    let ruling = |one: &Value| {
        let word = |key: &str| one.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(Ruling {
            clause: Clause::from_key(&word("clause"))?,
            verdict: Verdict::from_key(&word("verdict"))?,
            limit: word("limit"),
            found: word("found"),
            source: word("source"),
        })
    };
    list.iter().filter_map(ruling).collect()
}
