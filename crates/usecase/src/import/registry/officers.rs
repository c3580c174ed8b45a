//! Officers: whom a ledger names, and whom a roster confirms.

use std::collections::BTreeSet;

use bangfu_domain::officer::Role;
use bangfu_store::officer::Officer;
use bangfu_store::person::Person;

use super::{Ids, Registry};

impl Registry {
    /// The officer with this name and role in a place, new ones included. `true` if a roster of that role is on
    /// file and does not name them.
    pub(crate) fn officer(&mut self, ids: &mut Ids, division_id: i64, name: &str, role: Role) -> (i64, bool) {
        let roster = self.roles_on_file.contains(&role);
        match self.officers.get_mut(&(division_id, name.to_owned())) {
            Some(officer) if officer.roles.contains(&role) => {
                (officer.officer_id, roster && !officer.confirmed)
            }
            Some(officer) => {
                officer.roles.push(role);
                self.new.officers.insert(officer.officer_id, officer.clone());
                (officer.officer_id, roster)
            }
            None => {
                let officer = self.add_officer(ids, division_id, name, role, false);
                (officer, roster)
            }
        }
    }

    /// The officer of a roster's line: (id, true if new, true if it changes what was known).
    pub(crate) fn roster(
        &mut self,
        ids: &mut Ids,
        division_id: i64,
        name: &str,
        role: Role,
    ) -> (i64, bool, bool) {
        let Some(officer) = self.officers.get_mut(&(division_id, name.to_owned())) else {
            return (self.add_officer(ids, division_id, name, role, true), true, false);
        };
        let changed = !officer.confirmed || !officer.roles.contains(&role);
        if changed {
            officer.confirmed = true;
            if !officer.roles.contains(&role) {
                officer.roles.push(role);
            }
            self.new.officers.insert(officer.officer_id, officer.clone());
        }
        (officer.officer_id, false, changed)
    }

    /// The names of those whom a roster confirmed and who are not among these.
    pub(crate) fn confirmed_but(&self, seen: &BTreeSet<i64>) -> Vec<String> {
        let mut names: Vec<String> = self
            .officers
            .values()
            .filter(|officer| officer.confirmed && !officer.roles.contains(&Role::Administrator))
            .filter(|officer| !seen.contains(&officer.officer_id))
            .map(|officer| officer.name.clone())
            .collect();
        names.sort_unstable();
        names
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
        let officer =
            Officer { officer_id, person_id, division_id, name: name.clone(), confirmed, roles: vec![role] };
        self.new.officers.insert(officer_id, officer.clone());
        self.officers.insert((division_id, name), officer);
        officer_id
    }

    /// The name of an officer.
    pub(crate) fn officer_name(&self, officer_id: i64) -> String {
        let found = self.officers.values().find(|officer| officer.officer_id == officer_id);
        found.map(|officer| officer.name.clone()).unwrap_or_default()
    }
}
