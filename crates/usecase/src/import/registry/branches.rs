//! Institutions and their branches.

use bangfu_domain::bank::lender_of_branch;
use bangfu_store::bank::{Branch, Lender};

use super::{Ids, Registry};

impl Registry {
    /// The branches of an institution.
    pub(crate) fn branches_of(&self, lender_id: i64) -> Vec<i64> {
        let mut ids: Vec<i64> = self
            .branches
            .values()
            .filter(|branch| branch.lender_id == lender_id)
            .map(|branch| branch.branch_id)
            .collect();
        ids.sort_unstable();
        ids
    }

    /// The branch with this name and its institution, new ones included.
    pub(crate) fn branch(&mut self, ids: &mut Ids, name: &str) -> (i64, i64) {
        if let Some(branch) = self.branches.get(name) {
            return (branch.lender_id, branch.branch_id);
        }
        let lender_id = self.lender(ids, &lender_of_branch(name));
        let branch = Branch { branch_id: ids.take(), lender_id, name: name.to_owned(), until_on: None };
        self.new.branches.push(branch.clone());
        self.branches.insert(name.to_owned(), branch.clone());
        (lender_id, branch.branch_id)
    }

    /// The institution of a branch's name, new ones included: a bank may report before a ledger names it.
    pub(crate) fn lender_of(&mut self, ids: &mut Ids, branch_name: &str) -> i64 {
        self.lender(ids, &lender_of_branch(branch_name))
    }

    fn lender(&mut self, ids: &mut Ids, name: &str) -> i64 {
        if let Some(id) = self.lenders.get(name) {
            return *id;
        }
        let lender_id = ids.take();
        self.lenders.insert(name.to_owned(), lender_id);
        self.new.lenders.push(Lender { lender_id, name: name.to_owned() });
        lender_id
    }

    /// The name of a branch.
    pub(crate) fn branch_name(&self, branch_id: i64) -> String {
        let found = self.branches.values().find(|branch| branch.branch_id == branch_id);
        found.map(|branch| branch.name.clone()).unwrap_or_default()
    }
}
