//! A double-entry ledger (复式账) for money of the treasury, the fund and the rewards: every transaction sums to zero, nothing
//! is edited, a mistake is reversed.

use crate::money::Fen;

/// What an account keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountKind {
    /// 奖励支出: what the county has granted.
    RewardExpense,
    /// 应付奖励: what it granted and has not paid.
    RewardPayable,
    /// 财政资金: what left the treasury.
    TreasuryCash,
}

impl AccountKind {
    /// Every kind.
    pub const ALL: [AccountKind; 3] =
        [AccountKind::RewardExpense, AccountKind::RewardPayable, AccountKind::TreasuryCash];

    /// The word for it, as it is stored.
    pub const fn key(self) -> &'static str {
        match self {
            AccountKind::RewardExpense => "reward-expense",
            AccountKind::RewardPayable => "reward-payable",
            AccountKind::TreasuryCash => "treasury-cash",
        }
    }

    /// What a stored word says.
    pub fn from_key(key: &str) -> Option<AccountKind> {
        AccountKind::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// One line of a transaction: an amount on an account, above zero as a debit (借), below as a credit (贷).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// The account.
    pub account: AccountKind,
    /// The amount.
    pub amount_fen: Fen,
}

/// Postings that sum to zero: there is no other way to have one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction(Vec<Posting>);

/// Postings that are no transaction: they do not sum to zero, one of them moves nothing, or there are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unbalanced;

impl Transaction {
    /// A transaction of these postings.
    ///
    /// # Errors
    /// They do not sum to zero, one of them is zero, or there are none.
    pub fn new(postings: Vec<Posting>) -> Result<Transaction, Unbalanced> {
        let sum = postings.iter().try_fold(0_i64, |sum, one| sum.checked_add(one.amount_fen.get()));
        let moves = !postings.is_empty() && postings.iter().all(|one| one.amount_fen != Fen::ZERO);
        if moves && sum == Some(0) { Ok(Transaction(postings)) } else { Err(Unbalanced) }
    }

    /// So much from one account to another: a debit of the one that receives, a credit of the one that gives. Below zero, the
    /// other way.
    ///
    /// # Errors
    /// Nothing is moved.
    pub fn transfer(to: AccountKind, from: AccountKind, amount_fen: Fen) -> Result<Transaction, Unbalanced> {
        Transaction::new(vec![
            Posting { account: to, amount_fen },
            Posting { account: from, amount_fen: -amount_fen },
        ])
    }

    /// Its lines.
    pub fn postings(&self) -> &[Posting] {
        &self.0
    }

    /// The transaction that takes this one back.
    #[must_use]
    pub fn reversed(&self) -> Transaction {
        let back = |one: &Posting| Posting { amount_fen: -one.amount_fen, ..*one };
        Transaction(self.0.iter().map(back).collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_does_not_sum_to_zero_is_none() {
        let one = |account, fen| Posting { account, amount_fen: Fen::new(fen) };
        let (expense, payable) = (AccountKind::RewardExpense, AccountKind::RewardPayable);
        assert_eq!(Transaction::new(Vec::new()), Err(Unbalanced));
        assert_eq!(Transaction::new(vec![one(expense, 100)]), Err(Unbalanced));
        assert_eq!(Transaction::new(vec![one(expense, 100), one(payable, -99)]), Err(Unbalanced));
        assert_eq!(Transaction::new(vec![one(expense, 0), one(payable, 0)]), Err(Unbalanced));
        assert_eq!(Transaction::new(vec![one(expense, i64::MAX), one(payable, i64::MAX)]), Err(Unbalanced));
        assert!(Transaction::new(vec![one(expense, 100), one(payable, -60), one(payable, -40)]).is_ok());
    }

    #[test]
    fn words_lead_back() {
        for kind in AccountKind::ALL {
            assert_eq!(AccountKind::from_key(kind.key()), Some(kind));
        }
    }

    proptest! {
        #[test]
        fn a_transfer_and_its_reversal_leave_nothing(fen in -1_000_000_000_i64..1_000_000_000) {
            prop_assume!(fen != 0);
            let paid = Transaction::transfer(AccountKind::RewardPayable, AccountKind::TreasuryCash, Fen::new(fen));
            let paid = paid.unwrap();
            let back = paid.reversed();
            for kind in AccountKind::ALL {
                let lines = paid.postings().iter().chain(back.postings());
                let sum: Fen = lines.filter(|one| one.account == kind).map(|one| one.amount_fen).sum();
                prop_assert_eq!(sum, Fen::ZERO);
            }
            prop_assert_eq!(Transaction::new(back.postings().to_vec()), Ok(back));
        }
    }
}
