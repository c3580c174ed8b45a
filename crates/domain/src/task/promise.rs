//! What became of a promise to pay (还款承诺).

use jiff::civil::Date;

use super::Outcome;
use crate::money::Fen;

/// A promise to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// What was promised: all, a part, or instalments.
    pub outcome: Outcome,
    /// For which day.
    pub on: Date,
    /// How much; `None` where no sum was named.
    pub amount_fen: Option<Fen>,
    /// What was owed when it was given.
    pub owed_fen: Fen,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It was paid by its day.
    Kept,
    /// Its day has passed, the bank has reported beyond it, and it was not paid.
    Broken,
    /// Its day has not come, or the bank has not reported up to it: whoever paid may not be accused.
    Open,
}

impl Fate {
    /// Every fate.
    pub const ALL: [Fate; 3] = [Fate::Kept, Fate::Broken, Fate::Open];

    /// Its word.
    pub const fn key(self) -> &'static str {
        match self {
            Fate::Kept => "kept",
            Fate::Broken => "broken",
            Fate::Open => "open",
        }
    }
}

impl Promise {
    /// What became of it by a day: `left_fen` is what is owed at the end of its own day, as far as that is known, and the
    /// branch has reported `until` a day.
    pub fn fate(&self, left_fen: Fen, until: Option<Date>, today: Date) -> Fate {
        let paid = self.owed_fen - left_fen;
        let is_kept = match (self.amount_fen, self.outcome) {
            (Some(amount), _) => paid >= amount,
            (None, Outcome::WillRepay) => !left_fen.is_positive(),
            (None, _) => paid.is_positive(),
        };
        match is_kept {
            true => Fate::Kept,
            false if self.on < today && until.is_some_and(|until| until >= self.on) => Fate::Broken,
            false => Fate::Open,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_promise_is_broken_only_where_the_bank_has_reported_its_day() {
        let day = date(2019, 6, 10);
        let promise = |outcome, yuan: Option<i64>| Promise {
            outcome,
            on: day,
            amount_fen: yuan.map(|yuan| Fen::new(yuan * 100)),
            owed_fen: Fen::new(5_000_000),
        };
        let left = |yuan: i64| Fen::new(yuan * 100);
        let part = promise(Outcome::Partly, Some(20_000));
        let (before, on, after) = (date(2019, 6, 9), day, date(2019, 6, 11));
        assert_eq!(part.fate(left(30_000), None, before), Fate::Kept);
        assert_eq!(part.fate(left(30_001), Some(after), after), Fate::Broken);
        assert_eq!(part.fate(left(30_001), Some(on), after), Fate::Broken);
        assert_eq!(part.fate(left(30_001), Some(before), after), Fate::Open, "the bank is behind");
        assert_eq!(part.fate(left(30_001), None, after), Fate::Open);
        assert_eq!(part.fate(left(30_001), Some(after), on), Fate::Open, "the day is not over");
        let all = promise(Outcome::WillRepay, None);
        assert_eq!(all.fate(left(1), Some(after), after), Fate::Broken);
        assert_eq!(all.fate(left(0), Some(after), after), Fate::Kept);
        let some = promise(Outcome::Instalments, None);
        assert_eq!(some.fate(left(49_999), Some(after), after), Fate::Kept);
        assert_eq!(some.fate(left(50_000), Some(after), after), Fate::Broken);
    }
}
