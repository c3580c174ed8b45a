//! Institutions and their branches.

use bangfu_domain::bank::{Named, branch_core, named};
use bangfu_domain::nearest::{Known, nearest};
use bangfu_store::bank::{Branch, Lender};
use bangfu_store::gone;

use super::{Ids, Registry, home_of};

impl Registry {
    /// The branches of an institution.
    pub(crate) fn branches_of(&self, lender_id: i64) -> Vec<i64> {
        let mut ids: Vec<i64> = self
            .branches
            .values()
            .filter(|branch| {
                branch.lender_id == lender_id && !self.gone.contains(&("branch", branch.branch_id))
            })
            .map(|branch| branch.branch_id)
            .collect();
        ids.sort_unstable();
        ids
    }

    /// The branches of the book that somebody can have meant by a name which none of them bears: those of the same
    /// institution with a like name. A first ledger names all its branches anew, and a new one is like none.
    pub(crate) fn likely_branches(&mut self, name: &str) -> Vec<String> {
        if let Some(known) = self.likely.get(name) {
            return known.clone();
        }
        let read = self.named(name);
        let (lender, branch) = keys(&read);
        let is_known =
            self.branches.contains_key(name) || self.spellings.contains_key(&(lender.clone(), branch));
        let is_new = |name: &String| self.new.branches.iter().any(|branch| branch.name == *name);
        let of_lender = self.spellings.iter().filter(|((of, _), _)| !is_known && *of == lender);
        let names = of_lender.filter(|(_, name)| !is_new(name));
        let known: Vec<Known<'_>> =
            names.map(|((_, branch), name)| Known { name, core: branch_core(branch), here: false }).collect();
        let found = nearest(branch_core(&read.branch), &known);
        self.likely.insert(name.to_owned(), found.clone());
        found
    }

    /// The branch with this name, however it is spelled, and its institution, new ones included.
    pub(crate) fn branch(&mut self, ids: &mut Ids, name: &str) -> (i64, i64) {
        let known = self.branches.get(name).or_else(|| {
            let spelling = self.spellings.get(&keys(&self.named(name)))?;
            self.branches.get(spelling)
        });
        if let Some((lender_id, branch_id)) = known.map(|branch| (branch.lender_id, branch.branch_id)) {
            self.name_again(gone::Noun::Lender, lender_id);
            self.name_again(gone::Noun::Branch, branch_id);
            return (lender_id, branch_id);
        }
        let lender_id = self.lender_of(ids, name);
        let branch = Branch { branch_id: ids.take(), lender_id, name: name.to_owned(), until_on: None };
        self.new.branches.push(branch.clone());
        self.add_branch(branch.clone());
        (lender_id, branch.branch_id)
    }

    /// Notes a branch that the book has.
    pub(super) fn add_branch(&mut self, branch: Branch) {
        let spelled = keys(&self.named(&branch.name));
        self.spellings.entry(spelled).or_insert_with(|| branch.name.clone());
        self.branches.insert(branch.name.clone(), branch);
    }

    /// The institution of a branch's name, new ones included: a bank may report before a ledger names it.
    pub(crate) fn lender_of(&mut self, ids: &mut Ids, branch_name: &str) -> i64 {
        let Named { lender: key, shown: name, .. } = self.named(branch_name);
        if let Some(id) = self.lenders.get(&key).copied() {
            self.name_again(gone::Noun::Lender, id);
            return id;
        }
        let lender_id = ids.take();
        self.lenders.insert(key, lender_id);
        self.new.lenders.push(Lender { lender_id, name });
        lender_id
    }

    fn named(&self, branch_name: &str) -> Named {
        named(branch_name, home_of(&self.home))
    }

    /// The name of a branch.
    pub(crate) fn branch_name(&self, branch_id: i64) -> String {
        let found = self.branches.values().find(|branch| branch.branch_id == branch_id);
        found.map(|branch| branch.name.clone()).unwrap_or_default()
    }
}

fn keys(named: &Named) -> (String, String) {
    (named.lender.clone(), named.branch.clone())
}
