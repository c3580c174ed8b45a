//! One difference with all that explains it, and its whole history.

use std::collections::BTreeMap;

use bangfu_domain::difference::{Facts, Suggestion};
use bangfu_store::difference::{self, Difference, Step};
use bangfu_store::import;
use bangfu_store::loan::{self, Loan};
use bangfu_store::movement::{self, Movement};
use bangfu_store::{Db, bank, county};

use super::{facts, point};
use crate::ctx::Ctx;
use crate::division::Places;
use crate::error::{Error, Refusal};
use crate::rulebook::RuleBook;

/// A difference as its page shows it.
#[derive(Debug, Clone)]
pub struct Detail {
    /// The difference.
    pub difference: Difference,
    /// Its two sides.
    pub facts: Facts,
    /// The loan, where it is known and lies in the asker's scope.
    pub loan: Option<Loan>,
    /// The movement that did not fit.
    pub movement: Option<Movement>,
    /// What the facts point to, while it is to be looked into.
    pub suggestion: Option<Suggestion>,
    /// What was done about it, in order.
    pub events: Vec<Event>,
    /// True if the day for an answer falls in a year whose holidays are not published yet.
    pub due_provisional: bool,
    /// Names of the files that told of it, by import.
    pub files: BTreeMap<i64, String>,
    /// Names by branch.
    pub branches: BTreeMap<i64, String>,
    /// What places are called.
    pub places: Places,
}

/// A step of the history.
#[derive(Debug, Clone)]
pub struct Event {
    /// What was done.
    pub step: Step,
    /// What the difference said before, where a file restated it: as a difference with that kind and those facts.
    pub before: Option<Difference>,
}

/// One difference, if the asker may see it today.
pub async fn detail(db: &Db, ctx: &Ctx, difference_id: i64) -> Result<Detail, Error> {
    let mut tx = db.read().await?;
    let (county_id, day) = (ctx.county_id(), ctx.today);
    let found = difference::get(&mut tx, &ctx.scope, difference_id, day).await?;
    let one = found.ok_or(Refusal::NotFound)?;
    let county = county::get(&mut tx, county_id).await?;
    let loan = match one.loan_id {
        Some(loan_id) => loan::get(&mut tx, &ctx.scope, loan_id, day).await?,
        None => None,
    };
    let movements = movement::of_differences(&mut tx, county_id, &[difference_id]).await?;
    let steps = difference::steps(&mut tx, county_id, &[difference_id]).await?;
    let mut suggestion = None;
    if one.state.is_open() {
        suggestion = point::suggestions(&mut tx, ctx, &[&one]).await?.remove(&difference_id);
    }
    let imports = steps.iter().filter_map(|(_, step)| step.import_id).chain([one.import_id]);
    let imports: Vec<i64> = imports.collect();
    let calendar = &RuleBook::of_county(&mut tx, county_id, None).await?.calendar;
    let before = |step: &Step| {
        let (kind, facts) = step.before.clone()?;
        Some(Difference { kind, facts, ..one.clone() })
    };
    Ok(Detail {
        facts: facts(&one),
        loan,
        movement: movements.into_iter().next().map(|(_, movement)| movement),
        suggestion,
        events: steps.into_iter().map(|(_, step)| Event { before: before(&step), step }).collect(),
        due_provisional: one.due_on.is_some_and(|day| calendar.is_provisional(day)),
        files: import::names(&mut tx, county_id, &imports).await?.into_iter().collect(),
        branches: bank::branches(&mut tx, county_id)
            .await?
            .into_iter()
            .filter(|branch| branch.stands_on(ctx.today) || one.branch_id == Some(branch.branch_id))
            .map(|branch| (branch.branch_id, branch.name))
            .collect(),
        places: Places::load(&mut tx, county.division_id).await?,
        difference: one,
    })
}
