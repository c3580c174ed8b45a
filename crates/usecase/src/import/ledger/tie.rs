//! Who stands by which household, as the ledger's three columns of officers tell it.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use bangfu_domain::officer::Role;
use bangfu_store::tie::Tie;
use jiff::civil::Date;

/// The household of a loan, and its credit manager, industry guide and technology officer.
pub(super) type Named = (Option<i64>, [Option<i64>; 3]);

/// The ties that stand, those that a ledger adds, and those that it ends.
#[derive(Debug, Default)]
pub(super) struct Ties {
    standing: HashMap<(i64, Role, i64), Date>,
    new: BTreeSet<Tie>,
    /// (household, role, officer) that a row replaces by another, and from when.
    replaced: BTreeMap<(i64, Role, i64), Date>,
}

impl Ties {
    pub(super) fn new(standing: Vec<Tie>) -> Ties {
        let standing =
            standing.into_iter().map(|tie| ((tie.household_id, tie.role, tie.officer_id), tie.from_on));
        Ties { standing: standing.collect(), ..Ties::default() }
    }

    /// Ties an officer to a household from a day on, unless that stands already.
    pub(super) fn add(&mut self, household_id: i64, officer: Option<i64>, from_on: Date, role: Role) {
        let Some(officer_id) = officer else { return };
        let key = (household_id, role, officer_id);
        self.replaced.remove(&key);
        if let Entry::Vacant(free) = self.standing.entry(key) {
            free.insert(from_on);
            self.new.insert(Tie { household_id, role, officer_id, from_on, to_on: None });
        }
    }

    /// Notes who stands by a household for one of its loans, and who did before.
    pub(super) fn change(
        &mut self,
        household_id: i64,
        role: Role,
        old: Option<i64>,
        new: Option<i64>,
        on: Date,
    ) {
        if old != new
            && let Some(old) = old
        {
            self.replaced.insert((household_id, role, old), on);
        }
        self.add(household_id, new, on, role);
    }

    /// The households in which somebody is replaced.
    pub(super) fn replaced_in(&self) -> Vec<i64> {
        let households: BTreeSet<i64> = self.replaced.keys().map(|(household, ..)| *household).collect();
        households.into_iter().collect()
    }

    /// What is to be written: new ties, and the end of those of which no loan of the household tells any more.
    pub(super) fn into_rows(self, loans: impl Iterator<Item = Named>) -> Vec<Tie> {
        let mut told: BTreeSet<(i64, Role, i64)> = BTreeSet::new();
        if !self.replaced.is_empty() {
            for (household, officers) in loans {
                let roles = [Role::CreditManager, Role::IndustryGuide, Role::TechnologyOfficer];
                let named = roles.into_iter().zip(officers);
                told.extend(named.filter_map(|(role, officer)| Some((household?, role, officer?))));
            }
        }
        let ended = self.replaced.iter().filter(|(key, _)| !told.contains(*key)).filter_map(|(key, on)| {
            let (household_id, role, officer_id) = *key;
            let from_on = *self.standing.get(key)?;
            Some(Tie { household_id, role, officer_id, from_on, to_on: Some(*on) })
        });
        let ended: Vec<Tie> = ended.collect();
        self.new.into_iter().chain(ended).collect()
    }
}
