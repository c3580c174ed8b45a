//! What was read and is kept in memory until it is written anew: many pages show the same boards, places and people.
//!
//! What is kept bears the number under which its reader saw it, and is told only to readers who see the same number. So
//! every transaction is shown one picture of the book, and nobody needs to tell other processes what was written.

use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hashlink::LruCache;
use jiff::civil::Date;

use crate::board;
use crate::division::Term;
use crate::error::Error;
use crate::officer::Officer;
use crate::tx::Tx;
use crate::values;

/// The most cells of boards that are kept, 32 bytes each.
const CELLS_MAX: usize = 400_000;

/// The most names of places that are kept, some 150 bytes each, and the most of those who serve there.
const NAMES_MAX: usize = 40_000;

/// What an open database keeps for those who only read.
#[derive(Debug)]
pub(crate) struct Memo {
    /// Boards that were added up.
    pub(crate) boards: Kept<board::Asked, board::Cell>,
    /// What lies in a division on a day.
    pub(crate) places: Kept<(i64, Date), Term>,
    /// What a division and all that ever lay in it were called.
    pub(crate) terms: Kept<i64, Term>,
    /// In which townships of a county its villages lay.
    pub(crate) townships: Kept<i64, (i64, i64, Date, Date)>,
    /// The officers of a county, with those that are gone or without.
    pub(crate) officers: Kept<(i64, bool), Officer>,
}

impl Default for Memo {
    fn default() -> Memo {
        Memo {
            boards: Kept::up_to(CELLS_MAX),
            places: Kept::up_to(NAMES_MAX),
            terms: Kept::up_to(NAMES_MAX),
            townships: Kept::up_to(NAMES_MAX),
            officers: Kept::up_to(NAMES_MAX),
        }
    }
}

/// Rows by what was asked for, as of a number.
#[derive(Debug)]
pub(crate) struct Kept<K, T> {
    answers: Mutex<Answers<K, T>>,
    most: usize,
}

#[derive(Debug)]
struct Answers<K, T> {
    by_question: LruCache<K, Answer<T>>,
    weight: usize,
}

#[derive(Debug)]
struct Answer<T> {
    seq: i64,
    rows: Arc<[T]>,
    weight: usize,
}

impl<K: Eq + Hash, T> Kept<K, T> {
    fn up_to(most: usize) -> Kept<K, T> {
        let answers = Answers { by_question: LruCache::new_unbounded(), weight: 0 };
        Kept { answers: Mutex::new(answers), most }
    }

    /// What was kept under that very number.
    fn get(&self, asked: &K, seq: i64) -> Option<Arc<[T]>> {
        let mut answers = self.lock();
        answers
            .by_question
            .get(asked)
            .filter(|answer| answer.seq == seq)
            .map(|answer| Arc::clone(&answer.rows))
    }

    /// Those that nobody has asked for the longest make room for a new answer.
    fn keep(&self, (asked, room): (K, usize), seq: i64, rows: Arc<[T]>) {
        let mut answers = self.lock();
        let weight = rows.len() + room;
        answers.weight += weight;
        if let Some(before) = answers.by_question.insert(asked, Answer { seq, rows, weight }) {
            answers.weight -= before.weight;
        }
        while answers.weight > self.most {
            let Some((_, oldest)) = answers.by_question.remove_lru() else { break };
            answers.weight -= oldest.weight;
        }
    }

    /// What is kept is whole whenever the lock is free, even after a panic.
    fn lock(&self) -> MutexGuard<'_, Answers<K, T>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells and keeps what a transaction reads. Who writes is told nothing and keeps nothing: what they wrote themselves
/// nobody else may be told.
#[derive(Debug)]
pub(crate) struct Keeper(Option<(Arc<Memo>, i64)>);

impl Keeper {
    /// For what holds until a difference is added to a county's boards.
    pub(crate) async fn of_boards(tx: &mut Tx, county_id: i64) -> Result<Keeper, Error> {
        Keeper::at(tx, "SELECT board_seq FROM county WHERE county_id = $1", county_id).await
    }

    /// For what holds until anything in a county is changed: every writer takes the next number of its changes.
    pub(crate) async fn of_county(tx: &mut Tx, county_id: i64) -> Result<Keeper, Error> {
        Keeper::at(tx, "SELECT change_seq FROM county WHERE county_id = $1", county_id).await
    }

    /// The same for the county whose division it is; of other divisions nothing is kept.
    pub(crate) async fn of_division(tx: &mut Tx, division_id: i64) -> Result<Keeper, Error> {
        Keeper::at(tx, "SELECT change_seq FROM county WHERE division_id = $1", division_id).await
    }

    async fn at(tx: &mut Tx, sql: &'static str, id: i64) -> Result<Keeper, Error> {
        let Some(memo) = tx.memo.clone() else { return Ok(Keeper(None)) };
        let found = tx.fetch_optional(sql, &values![id]).await?;
        Ok(Keeper(found.map(|row| row.int(0)).transpose()?.map(|seq| (memo, seq))))
    }

    /// What was kept and holds still.
    pub(crate) fn get<K: Eq + Hash, T>(&self, of: fn(&Memo) -> &Kept<K, T>, asked: &K) -> Option<Arc<[T]>> {
        let (memo, seq) = self.0.as_ref()?;
        of(memo).get(asked, *seq)
    }

    /// Keeps an answer; the question takes the room of so many of its rows.
    pub(crate) fn keep<K: Eq + Hash, T>(
        &self,
        of: fn(&Memo) -> &Kept<K, T>,
        question: (K, usize),
        rows: &Arc<[T]>,
    ) {
        if let Some((memo, seq)) = &self.0 {
            of(memo).keep(question, *seq, Arc::clone(rows));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: usize) -> Arc<[i64]> {
        (0..).take(count).collect()
    }

    #[test]
    fn an_answer_is_told_only_to_who_sees_the_book_as_its_reader_did() {
        let kept = Kept::up_to(100);
        kept.keep(("a", 0), 7, rows(3));
        assert_eq!(kept.get(&"a", 7), Some(rows(3)));
        assert_eq!(kept.get(&"a", 8), None, "something was written since");
        assert_eq!(kept.get(&"a", 6), None, "a reader who began before sees the book of then");
        assert_eq!(kept.get(&"b", 7), None);
    }

    #[test]
    fn what_nobody_asked_for_makes_room() {
        let kept = Kept::up_to(100);
        for asked in 1..=5 {
            kept.keep((asked, 5), 1, rows(25));
            assert!(kept.get(&1, 1).is_some(), "it was asked for a moment ago");
        }
        assert_eq!(kept.get(&2, 1), None);
        kept.keep((1, 5), 2, rows(1));
        let answers = kept.lock();
        let there: usize = answers.by_question.iter().map(|(_, answer)| answer.weight).sum();
        assert_eq!(answers.weight, there, "what was replaced is no longer counted");
    }
}
