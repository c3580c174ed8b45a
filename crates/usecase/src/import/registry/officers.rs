//! Officers: whom a ledger names, and whom a roster lists.

use std::collections::{BTreeSet, HashMap};

use bangfu_domain::nearest::{Known, nearest};
use bangfu_domain::officer::Role;
use bangfu_store::Tx;
use bangfu_store::former_name::FormerName;
use bangfu_store::officer::Officer;
use bangfu_store::person::{self, Person, SecretKind};
use jiff::civil::Date;

use super::{Ids, Registry};
use crate::error::Error;

impl Registry {
    /// The officer whom a ledger means by a name and a role in a township, new ones included. `true` if a roster of
    /// that role is on file and does not list them.
    pub(crate) fn officer(&mut self, ids: &mut Ids, township: i64, name: &str, role: Role) -> (i64, bool) {
        if let Some(place) = self.place_on_roster(township, name, role)
            && let Some(officer) = self.officers.get(&(place, name.to_owned()))
        {
            return (officer.officer_id, false);
        }
        if !self.officers.contains_key(&(township, name.to_owned()))
            && let Some(left) = self.left_as(township, name, role)
        {
            return (left, true);
        }
        let unknown = self.roles_on_file.contains(&role);
        match self.officers.get_mut(&(township, name.to_owned())) {
            Some(officer) => {
                // What a ledger says of somebody on a roster makes no roster of that role.
                if !officer.confirmed && !officer.roles.contains(&role) {
                    officer.roles.push(role);
                    self.new.officers.insert(officer.officer_id, officer.clone());
                }
                (officer.officer_id, unknown)
            }
            None => (self.add_officer(ids, township, name, role, false), unknown),
        }
    }

    /// Who left and can be meant by a name and a role in a township.
    fn left_as(&self, township: i64, name: &str, role: Role) -> Option<i64> {
        let left = || self.left.get(name).into_iter().flatten().filter(|one| one.roles.contains(&role));
        let here = left().find(|one| one.division_id == township);
        let meant = here.or_else(|| left().next().filter(|_| left().count() == 1))?;
        Some(meant.officer_id)
    }

    /// Whether somebody had left by a day.
    pub(crate) fn has_left(&self, officer_id: i64, day: Date) -> bool {
        let mut left = self.left.values().flatten();
        left.any(|one| one.officer_id == officer_id && !one.serves_on(day))
    }

    /// What an officer is called whom files call by a name that was corrected; other names are as they are.
    pub(crate) fn called(&self, name: &str) -> String {
        self.corrected.get(name).map_or(name, String::as_str).to_owned()
    }

    /// Notes the names that were corrected, where they can mean one officer only.
    pub(super) fn note_corrected(&mut self, former: Vec<FormerName>, officers: &[Officer]) {
        let mut bearers: HashMap<String, BTreeSet<&str>> = HashMap::new();
        for FormerName { row_id, name, .. } in former {
            let now = officers.iter().find(|one| one.officer_id == row_id).map(|one| one.name.as_str());
            bearers.entry(name).or_default().extend(now);
        }
        for (name, now) in bearers {
            let is_borne = officers.iter().any(|one| one.name == name);
            if let Some(only) = now.first().filter(|_| now.len() == 1 && !is_borne) {
                self.corrected.insert(name, (*only).to_owned());
            }
        }
    }

    /// True if a roster of the role is on file and lists nobody whom a ledger can mean by the name in a township.
    pub(crate) fn is_unknown(&self, township: i64, name: &str, role: Role) -> bool {
        self.roles_on_file.contains(&role) && self.place_on_roster(township, name, role).is_none()
    }

    /// The names of a roster that a ledger can have meant by one that it does not list, as [`nearest`] ranks them.
    pub(crate) fn nearest_officers(&mut self, township: i64, name: &str, role: Role) -> Vec<String> {
        let key = (township, name.to_owned(), role);
        if let Some(known) = self.nearest.get(&key) {
            return known.clone();
        }
        let of_role = self.listed.iter().filter(|((_, listed), _)| *listed == role);
        let known = of_role.map(|((name, _), places)| {
            let here = [township, self.whole_county].iter().any(|place| places.contains(place));
            Known { name, core: name, here }
        });
        let found = nearest(name, &known.collect::<Vec<_>>());
        self.nearest.insert(key, found.clone());
        found
    }

    /// The place for which a roster lists the officer whom a ledger names in a township: the township itself, the
    /// county, or the only place with such an officer.
    fn place_on_roster(&self, township: i64, name: &str, role: Role) -> Option<i64> {
        let places = self.listed.get(&(name.to_owned(), role))?;
        let only = places.first().copied().filter(|_| places.len() == 1);
        [township, self.whole_county].into_iter().find(|place| places.contains(place)).or(only)
    }

    /// Notes a line of a roster. All are noted before the first is taken: only together do they tell whom a ledger
    /// meant.
    pub(crate) fn list(&mut self, place: i64, name: &str, role: Role) {
        self.listed.entry((name.to_owned(), role)).or_default().insert(place);
        self.roles_on_file.insert(role);
    }

    /// The officer of a roster's line: (id, true if new, true if it changes what was known).
    pub(crate) fn roster(&mut self, ids: &mut Ids, place: i64, name: &str, role: Role) -> (i64, bool, bool) {
        let key = (place, name.to_owned());
        let known = self.officers.remove(&key).or_else(|| self.returned(place, name));
        let known = known.or_else(|| self.meant(place, name, role));
        let Some(mut officer) = known else {
            return (self.add_officer(ids, place, name, role, true), true, false);
        };
        let id = officer.officer_id;
        let is_back = officer.left_on.take().is_some();
        let changed = is_back || !officer.confirmed || !officer.roles.contains(&role);
        if changed {
            if !officer.confirmed {
                // From now on the roster says what they do and where.
                officer.roles.clear();
                (officer.confirmed, officer.division_id) = (true, place);
            }
            if !officer.roles.contains(&role) {
                officer.roles.push(role);
            }
            self.new.officers.insert(id, officer.clone());
        }
        self.officers.insert(key, officer);
        (id, false, changed)
    }

    /// Who left and serves again, as a roster says.
    fn returned(&mut self, place: i64, name: &str) -> Option<Officer> {
        let left = self.left.get_mut(name)?;
        let at = left.iter().position(|one| one.division_id == place)?;
        Some(left.remove(at))
    }

    /// The officer whom only ledgers named so far, in another place, and whom they can have meant by a roster's line.
    fn meant(&mut self, place: i64, name: &str, role: Role) -> Option<Officer> {
        let unconfirmed = self.officers.values().filter(|officer| {
            !officer.confirmed
                && officer.name == name
                && officer.roles.contains(&role)
                && self.place_on_roster(officer.division_id, name, role) == Some(place)
        });
        let found = unconfirmed.min_by_key(|officer| officer.officer_id)?;
        let key = (found.division_id, found.name.clone());
        self.officers.remove(&key)
    }

    /// Those whom a roster confirmed and who are not among these: (officer, name).
    pub(crate) fn confirmed_but<'a>(
        &'a self,
        seen: &'a BTreeSet<i64>,
    ) -> impl Iterator<Item = (i64, &'a str)> {
        self.officers
            .values()
            .filter(|officer| officer.confirmed && !officer.roles.contains(&Role::Administrator))
            .filter(move |officer| !seen.contains(&officer.officer_id))
            .map(|officer| (officer.officer_id, officer.name.as_str()))
    }

    /// Looks up the phones of the officers: a roster may name any of them.
    pub(crate) async fn look_up_officers(&mut self, tx: &mut Tx, county_id: i64) -> Result<(), Error> {
        let all = self.officers.values().chain(self.left.values().flatten());
        let persons: Vec<i64> = all.map(|officer| officer.person_id).collect();
        self.phones.extend(person::hashes(tx, county_id, SecretKind::Phone, &persons).await?);
        Ok(())
    }

    /// The person behind an officer.
    pub(crate) fn person_of(&self, division_id: i64, name: &str) -> Option<i64> {
        self.officers.get(&(division_id, name.to_owned())).map(|officer| officer.person_id)
    }

    fn add_officer(
        &mut self,
        ids: &mut Ids,
        division_id: i64,
        name: &str,
        role: Role,
        confirmed: bool,
    ) -> i64 {
        let person_id = ids.take();
        let name = name.to_owned();
        let person = Person { person_id, household_id: None, name: name.clone(), is_head: false };
        self.new.persons.insert(person_id, person);
        let officer_id = ids.take();
        let officer = Officer {
            officer_id,
            person_id,
            division_id,
            name: name.clone(),
            confirmed,
            left_on: None,
            roles: vec![role],
        };
        self.new.officers.insert(officer_id, officer.clone());
        self.officers.insert((division_id, name), officer);
        officer_id
    }

    /// The name of an officer.
    pub(crate) fn officer_name(&self, officer_id: i64) -> String {
        let mut all = self.officers.values().chain(self.left.values().flatten());
        let found = all.find(|officer| officer.officer_id == officer_id);
        found.map(|officer| officer.name.clone()).unwrap_or_default()
    }
}
