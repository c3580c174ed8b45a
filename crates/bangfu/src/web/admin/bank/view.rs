//! Institutions and branches as plain data: what their templates show.

use askama::Template;
use bangfu_store::bank::Branch;
use bangfu_store::former_name::FormerName;
use bangfu_usecase::bank::{KeptBranch, KeptLender};
use bangfu_usecase::keep::NAME_MAX;
use jiff::civil::Date;

use super::Typed;
use crate::web::page::Page;

/// The address of the page on which an institution is kept.
pub(crate) fn lender_path(lender_id: i64) -> String {
    format!("/admin/lenders/{lender_id}")
}

/// The address of the page on which a branch is kept.
pub(crate) fn branch_path(branch_id: i64) -> String {
    format!("/admin/branches/{branch_id}")
}

/// All institutions with their branches.
#[derive(Template)]
#[template(path = "admin_branches.html")]
pub(crate) struct BranchesPage {
    /// The frame.
    pub(crate) page: Page,
    /// The institutions.
    pub(crate) lenders: Vec<LenderView>,
    /// What was typed of a new one.
    pub(crate) typed: Typed,
    /// What is wrong.
    pub(crate) fault: Option<String>,
    /// The longest name.
    pub(crate) name_max: usize,
}

/// An institution with its branches.
#[derive(Debug, Clone)]
pub(crate) struct LenderView {
    /// Its page.
    pub(crate) href: String,
    /// Its name.
    pub(crate) name: String,
    /// Its branches.
    pub(crate) branches: Vec<BranchView>,
}

/// A branch among those of its institution.
#[derive(Debug, Clone)]
pub(crate) struct BranchView {
    /// Its page.
    pub(crate) href: String,
    /// Its name.
    pub(crate) name: String,
    /// Into which branch it was merged, and since when.
    pub(crate) merged: Option<(String, Date)>,
}

fn branches(lender: &KeptLender) -> Vec<BranchView> {
    let view = |one: &KeptBranch| BranchView {
        href: branch_path(one.branch.branch_id),
        name: one.branch.name.clone(),
        merged: merged(lender, &one.branch),
    };
    lender.branches.iter().map(view).collect()
}

fn merged(lender: &KeptLender, branch: &Branch) -> Option<(String, Date)> {
    let (into, from) = branch.merged?;
    let heir = lender.branches.iter().find(|one| one.branch.branch_id == into);
    Some((heir.map(|one| one.branch.name.clone()).unwrap_or_default(), from))
}

impl LenderView {
    /// As the list shows it.
    pub(crate) fn of(lender: &KeptLender) -> LenderView {
        LenderView {
            href: lender_path(lender.lender.lender_id),
            name: lender.lender.name.clone(),
            branches: branches(lender),
        }
    }
}

/// An institution, or a branch.
#[derive(Template)]
#[template(path = "admin_bank.html")]
pub(crate) struct BankPage {
    /// The frame.
    pub(crate) page: Page,
    /// Its page, below which its forms are sent.
    pub(crate) path: String,
    /// Its name.
    pub(crate) name: String,
    /// Its names of before, and until which day.
    pub(crate) called: Vec<FormerName>,
    /// Of a branch: where its loans are looked at.
    pub(crate) carries: Option<String>,
    /// Of an institution: its branches.
    pub(crate) branches: Option<Vec<BranchView>>,
    /// Of a branch: into which it was merged, and since when.
    pub(crate) merged: Option<(String, Date)>,
    /// The page above.
    pub(crate) back: String,
    /// What was typed, and the mark of what was seen.
    pub(crate) typed: Typed,
    /// What is wrong.
    pub(crate) fault: Option<String>,
    /// The longest name.
    pub(crate) name_max: usize,
}

type Failed = Option<(String, Typed)>;

fn told(seen: &str, today: Date, failed: Failed) -> (Option<String>, Typed) {
    let (fault, typed) = failed.map_or((None, None), |(fault, typed)| (Some(fault), Some(typed)));
    let typed = typed.unwrap_or_else(|| Typed { from: today.to_string(), ..Typed::default() });
    // What is sent next is held against what is shown now.
    (fault, Typed { seen: seen.to_owned(), ..typed })
}

impl BankPage {
    /// The page of an institution.
    pub(crate) fn of_lender(page: Page, lender: &KeptLender, today: Date, failed: Failed) -> BankPage {
        let (fault, typed) = told(&lender.seen, today, failed);
        BankPage {
            page,
            path: lender_path(lender.lender.lender_id),
            name: lender.lender.name.clone(),
            called: lender.called.clone(),
            carries: None,
            branches: Some(branches(lender)),
            merged: None,
            back: super::BRANCHES.to_owned(),
            typed,
            fault,
            name_max: NAME_MAX,
        }
    }

    /// The page of a branch.
    pub(crate) fn of_branch(
        page: Page,
        (lender, branch): (&KeptLender, &KeptBranch),
        today: Date,
        failed: Failed,
    ) -> BankPage {
        let (fault, typed) = told(&branch.seen, today, failed);
        BankPage {
            page,
            path: branch_path(branch.branch.branch_id),
            name: branch.branch.name.clone(),
            called: branch.called.clone(),
            carries: Some(format!("/branches/{}", branch.branch.branch_id)),
            branches: None,
            merged: merged(lender, &branch.branch),
            back: lender_path(lender.lender.lender_id),
            typed,
            fault,
            name_max: NAME_MAX,
        }
    }
}

/// A branch by name.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    /// Its id.
    pub(crate) id: i64,
    /// Its name.
    pub(crate) name: String,
}

/// What merging comes to.
#[derive(Debug, Clone)]
pub(crate) struct MergePreview {
    /// Loans that would be the other branch's.
    pub(crate) loans: u64,
    /// Those of them that owe something.
    pub(crate) owing: u64,
    /// Accounts with a post at the branch.
    pub(crate) accounts: u64,
    /// The mark of both branches.
    pub(crate) seen: String,
}

/// A branch that is to be merged into another.
#[derive(Template)]
#[template(path = "admin_merge.html")]
pub(crate) struct MergePage {
    /// The frame.
    pub(crate) page: Page,
    /// The branch's id.
    pub(crate) id: i64,
    /// The branch's name.
    pub(crate) name: String,
    /// Those into which it can be merged.
    pub(crate) others: Vec<Named>,
    /// What was typed.
    pub(crate) typed: Typed,
    /// What it comes to; none before another is chosen.
    pub(crate) preview: Option<MergePreview>,
    /// What is wrong.
    pub(crate) fault: Option<String>,
}
