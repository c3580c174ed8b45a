//! Institutions and their branches.

use std::collections::BTreeSet;

use bangfu_domain::bank::{Named, branch_core, named, numbered_by};
use bangfu_domain::nearest::{Known, nearest};
use bangfu_store::bank::{Branch, Lender};
use bangfu_store::gone;
use jiff::civil::Date;

use super::{Ids, Registry, home_of};

impl Registry {
    /// The branches of an institution.
    pub(crate) fn branches_of(&self, lender_id: i64) -> Vec<i64> {
        // One that was called otherwise before stands under both names.
        let ids: BTreeSet<i64> = self
            .branches
            .values()
            .filter(|branch| {
                branch.lender_id == lender_id && !self.gone.contains(&("branch", branch.branch_id))
            })
            .map(|branch| branch.branch_id)
            .collect();
        ids.into_iter().collect()
    }

    /// The branches of the book that somebody can have meant by a name which none of them bears: those of the same
    /// institution with a like name. A first ledger names all its branches anew, and a new one is like none.
    pub(crate) fn likely_branches(&mut self, name: &str) -> Vec<String> {
        if let Some(known) = self.likely.get(name) {
            return known.clone();
        }
        let read = self.named(name);
        let is_known = self.known_branch(name).is_some();
        let lender = self.lenders.get(&read.lender).filter(|_| !is_known);
        let is_new = |name: &String| self.new.branches.iter().any(|branch| branch.name == *name);
        let of_lender = self.spellings.iter().filter(|((of, _), _)| Some(of) == lender);
        let names = of_lender.filter(|(_, name)| !is_new(name) && self.is_called(name));
        let known: Vec<Known<'_>> =
            names.map(|((_, branch), name)| Known { name, core: branch_core(branch), here: false }).collect();
        let found = nearest(branch_core(&read.branch), &known);
        self.likely.insert(name.to_owned(), found.clone());
        found
    }

    /// The branch with this name, however it is spelled, and its institution, new ones included.
    pub(crate) fn branch(&mut self, ids: &mut Ids, name: &str) -> (i64, i64) {
        let known = self.known_branch(name);
        if let Some((lender_id, branch_id)) = known.map(|branch| (branch.lender_id, branch.branch_id)) {
            self.name_again(gone::Noun::Lender, lender_id);
            self.name_again(gone::Noun::Branch, branch_id);
            return (lender_id, branch_id);
        }
        let lender_id = self.lender_of(ids, name);
        let branch =
            Branch { branch_id: ids.take(), lender_id, name: name.to_owned(), until_on: None, merged: None };
        self.new.branches.push(branch.clone());
        self.add_branch(branch.name.clone(), branch.clone());
        (lender_id, branch.branch_id)
    }

    /// Notes a branch that the book has, under a name that it bears or bore.
    pub(super) fn add_branch(&mut self, name: String, branch: Branch) {
        let key = self.named(&name).branch;
        self.spellings.entry((branch.lender_id, key)).or_insert_with(|| name.clone());
        self.branches.entry(name).or_insert(branch);
    }

    /// The branch with this name, however it is spelled, if the book has it.
    pub(crate) fn known_branch(&self, name: &str) -> Option<&Branch> {
        self.branches.get(name).or_else(|| {
            let read = self.named(name);
            let spelling = self.spellings.get(&(*self.lenders.get(&read.lender)?, read.branch))?;
            self.branches.get(spelling)
        })
    }

    /// The branch that a file as of a day means by one that it names: where that was merged into another by then, the
    /// other.
    pub(crate) fn branch_on(&self, branch_id: i64, day: Date) -> i64 {
        let mut id = branch_id;
        // A branch that took others over may be merged itself; no two are merged into one another.
        while let Some((into, _)) = self.merged.get(&id).filter(|(_, from)| *from <= day) {
            id = *into;
        }
        id
    }

    /// Whether a branch bears a name now.
    fn is_called(&self, name: &str) -> bool {
        self.branches.get(name).is_some_and(|branch| branch.name == name)
    }

    /// The institution that a name means, if the book has it.
    pub(crate) fn known_lender(&self, name: &str) -> Option<i64> {
        self.lenders.get(&self.named(name).lender).copied()
    }

    /// What the institution of a name is called by those who name it so.
    pub(crate) fn shown_lender(&self, name: &str) -> String {
        self.named(name).shown
    }

    /// Who gives out a contract number: the county, or the institution of a branch's name, however it was called before.
    pub(crate) fn numbered_by(&self, number: &str, branch_name: &str) -> String {
        let series = numbered_by(number, branch_name, home_of(&self.home));
        match self.lenders.get(&series) {
            Some(lender_id) if !series.is_empty() => lender_id.to_string(),
            _ => series,
        }
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
