//! What settled loans earn, reckoned from their events: for a list that is to be made, and to hold one against the book again.

use std::collections::BTreeMap;

use bangfu_domain::loan::LoanEvent;
use bangfu_domain::policy::Pack;
use bangfu_domain::policy::edit::{Form, VALUES};
use bangfu_domain::reward::{Earned, Repaid, RewardKind, WhyNot, judge};
use bangfu_store::loan::{self, Loan};
use bangfu_store::reward::{self, Entry, Missed};
use bangfu_store::{Tx, enterprise, handling};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::rules::Rules;

/// Loans read at a time.
const AT_ONCE: i64 = 1_000;

/// What an entry was reckoned by, as it stays with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// The pack.
    pub pack: String,
    /// What it said of rewards, by the places of its values.
    pub rule: BTreeMap<String, String>,
    /// What was known of the repayment.
    pub repaid: Repaid,
    /// What came of it.
    pub earned: Earned,
}

impl Frozen {
    /// What stands with an entry.
    ///
    /// # Errors
    /// The book is damaged.
    pub fn of(entry: &Entry) -> Result<Frozen, Error> {
        serde_json::from_str(&entry.facts)
            .map_err(|_| bangfu_store::Error::Value { column: 12, found: entry.facts.clone() }.into())
    }
}

/// What a loan earns, and of whom it is.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub(super) loan: Loan,
    /// The village on the settlement day, or now.
    pub(super) village_id: i64,
    pub(super) repaid: Repaid,
    pub(super) pack: &'static Pack,
}

impl Judged {
    /// What it earns somebody.
    pub(super) fn earns(&self, kind: RewardKind, rules: &Rules) -> Result<Earned, WhyNot> {
        judge(kind, &self.repaid, &self.pack.reward, rules.calendar())
    }

    fn frozen(&self, earned: Earned) -> Frozen {
        let values = Form::of(self.pack).values;
        let stated = VALUES.iter().zip(values).filter(|((place, _), _)| place.starts_with("reward."));
        Frozen {
            pack: self.pack.id.clone(),
            rule: stated.map(|((place, _), typed)| ((*place).to_owned(), typed.value)).collect(),
            repaid: self.repaid.clone(),
            earned,
        }
    }
}

/// What is known of some loans by a day.
pub(super) async fn judged(
    tx: &mut Tx,
    county_id: i64,
    rules: &Rules,
    loans: &[i64],
    by: Date,
) -> Result<Vec<Judged>, Error> {
    let rows = loan::by_ids(tx, county_id, loans).await?;
    let suspected = reward::suspected(tx, county_id, loans).await?;
    let renews = handling::renewing(tx, county_id, loans).await?;
    let mut events: BTreeMap<i64, Vec<LoanEvent>> = BTreeMap::new();
    for stored in loan::events(tx, county_id, loans).await? {
        events.entry(stored.loan_id).or_default().push(stored.event);
    }
    let mut judged = Vec::with_capacity(rows.len());
    for row in rows.into_iter().filter(|row| !row.gone) {
        let Some(folded) = events.get(&row.loan_id).and_then(|events| rules.fold(events, i64::MAX)) else {
            continue;
        };
        let told = Repaid::of(&folded, by);
        let on = told.settled_on.unwrap_or(by);
        judged.push(Judged {
            village_id: folded.placement_on(on).map_or(row.village_id, |placement| placement.village_id),
            pack: rules.pack_or_first(folded.terms.disbursed_on)?,
            repaid: Repaid {
                of_household: row.household_id.is_some(),
                carried: row.enterprise_id.is_some(),
                misused: suspected.contains(&row.loan_id),
                renews: renews.contains(&row.loan_id),
                ..told
            },
            loan: row,
        });
    }
    Ok(judged)
}

/// What a list of a period would hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gathered {
    /// What is earned, without numbers yet.
    pub entries: Vec<Entry>,
    /// What earns nothing, and why.
    pub missed: Vec<Missed>,
}

/// Gathers what a list would hold of the loans that were settled in a period, as far as they are on no list.
pub(super) async fn gather(
    tx: &mut Tx,
    county_id: i64,
    rules: &Rules,
    period: (Date, Date),
    today: Date,
) -> Result<Gathered, Error> {
    let enterprises: BTreeMap<i64, String> = enterprise::list(tx, county_id).await?.into_iter().collect();
    let mut gathered = Gathered::default();
    for pack in rules.packs() {
        let mut after = 0;
        loop {
            let loans = reward::settled(tx, county_id, &pack.id, period, (after, AT_ONCE)).await?;
            let Some(last) = loans.last().copied() else { break };
            after = last;
            let claimed = reward::claimed(tx, county_id, &loans).await?;
            for one in judged(tx, county_id, rules, &loans, today).await? {
                for kind in RewardKind::ALL {
                    if !claimed.contains_key(&(one.loan.loan_id, kind)) {
                        gathered.add(&one, kind, rules, &enterprises)?;
                    }
                }
            }
        }
    }
    gathered.entries.sort_by_key(|one| (one.kind, one.village_id, one.loan_id));
    Ok(gathered)
}

impl Gathered {
    fn add(
        &mut self,
        one: &Judged,
        kind: RewardKind,
        rules: &Rules,
        enterprises: &BTreeMap<i64, String>,
    ) -> Result<(), Error> {
        let loan = &one.loan;
        let (number, borrower) = (loan.number.clone(), loan.borrower_name.clone());
        match one.earns(kind, rules) {
            Ok(earned) => {
                let facts = serde_json::to_string(&one.frozen(earned))
                    .map_err(|error| Error::Packs(error.to_string()))?;
                let enterprise = loan.enterprise_id.and_then(|id| enterprises.get(&id).cloned());
                self.entries.push(Entry {
                    entry_id: 0,
                    list_id: 0,
                    loan_id: loan.loan_id,
                    kind,
                    amount_fen: earned.amount_fen,
                    reverses: None,
                    household_id: loan.household_id,
                    enterprise_id: loan.enterprise_id.filter(|_| kind == RewardKind::Enterprise),
                    payee: match kind {
                        RewardKind::Household => borrower.clone(),
                        RewardKind::Enterprise => enterprise.unwrap_or_default(),
                    },
                    number,
                    borrower,
                    village_id: one.village_id,
                    facts,
                    made_at: 0,
                });
            }
            Err(why) if why.is_told() => self.missed.push(Missed {
                loan_id: loan.loan_id,
                kind,
                why,
                number,
                borrower,
                village_id: one.village_id,
            }),
            Err(_) => {}
        }
        Ok(())
    }
}
