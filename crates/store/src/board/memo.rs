//! Boards that were added up, kept until a difference is added: many people look at the same day's.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hashlink::LruCache;
use jiff::civil::Date;

use super::{Axis, Cell};
use crate::error::Error;
use crate::tx::Tx;
use crate::values;

/// The most cells that are kept, 32 bytes each.
const CELLS_MAX: usize = 400_000;

/// Which board.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Asked {
    pub(super) county_id: i64,
    pub(super) axis: Axis,
    pub(super) day: Date,
    /// Of which keys; none for all.
    pub(super) keys: Option<Vec<i64>>,
}

/// The boards that an open database keeps in memory.
#[derive(Debug)]
pub(crate) struct Memo(Mutex<Kept>);

#[derive(Debug)]
struct Kept {
    boards: LruCache<Asked, (i64, Arc<[Cell]>)>,
    cells: usize,
}

impl Default for Memo {
    fn default() -> Memo {
        Memo(Mutex::new(Kept { boards: LruCache::new_unbounded(), cells: 0 }))
    }
}

impl Memo {
    /// The board that was kept when as many differences had been added as by now.
    pub(super) fn get(&self, asked: &Asked, seq: i64) -> Option<Arc<[Cell]>> {
        let mut kept = self.lock();
        kept.boards.get(asked).filter(|(as_of, _)| *as_of == seq).map(|(_, cells)| Arc::clone(cells))
    }

    /// Keeps a board; those that nobody has asked for the longest make room for it.
    pub(super) fn keep(&self, asked: Asked, seq: i64, cells: Arc<[Cell]>) {
        let mut kept = self.lock();
        kept.cells += weight(&asked, &cells);
        if let Some((_, before)) = kept.boards.insert(asked.clone(), (seq, cells)) {
            kept.cells -= weight(&asked, &before);
        }
        while kept.cells > CELLS_MAX {
            let Some((oldest, (_, cells))) = kept.boards.remove_lru() else { break };
            kept.cells -= weight(&oldest, &cells);
        }
    }

    /// What is kept is whole whenever the lock is free, even after a panic.
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A board without cells takes room too, and so do the keys that were asked for, at a quarter of a cell.
fn weight(asked: &Asked, cells: &[Cell]) -> usize {
    cells.len() + asked.keys.as_ref().map_or(0, Vec::len) / 4 + 8
}

/// How often differences were added to a county's boards, as this transaction sees it.
pub(super) async fn seq(tx: &mut Tx, county_id: i64) -> Result<i64, Error> {
    let sql = "SELECT board_seq FROM county WHERE county_id = $1";
    tx.fetch_one(sql, &values![county_id]).await?.int(0)
}

/// Notes that differences are added: whatever was kept holds no longer. Returns how often they were by now.
pub(super) async fn advance(tx: &mut Tx, county_id: i64) -> Result<i64, Error> {
    let sql = "UPDATE county SET board_seq = board_seq + 1 WHERE county_id = $1 RETURNING board_seq";
    tx.fetch_one(sql, &values![county_id]).await?.int(0)
}

#[cfg(test)]
mod tests {
    use bangfu_domain::money::Fen;
    use bangfu_domain::warning::Standing;
    use jiff::civil::date;

    use super::*;
    use crate::loan::Totals;

    fn asked(day: i8) -> Asked {
        Asked { county_id: 1, axis: Axis::Village, day: date(2019, 6, day), keys: None }
    }

    fn cells(count: usize) -> Arc<[Cell]> {
        let totals = Totals { loans: 1, balance_fen: Fen::ZERO };
        (0..count).map(|_| Cell { key_id: 1, standing: Standing::Red, totals }).collect()
    }

    #[test]
    fn a_board_is_told_only_as_of_the_differences_it_was_added_up_from() {
        let memo = Memo::default();
        memo.keep(asked(1), 7, cells(3));
        assert!(memo.get(&asked(1), 7).is_some());
        assert!(memo.get(&asked(1), 8).is_none(), "differences were added since");
        assert!(memo.get(&asked(1), 6).is_none(), "a reader who began before them sees the board of then");
        assert!(memo.get(&Asked { keys: Some(vec![1]), ..asked(1) }, 7).is_none());
    }

    #[test]
    fn what_nobody_asked_for_makes_room() {
        let memo = Memo::default();
        for day in 1..=5 {
            memo.keep(asked(day), 1, cells(100_000));
            assert!(memo.get(&asked(1), 1).is_some(), "it was asked for a moment ago");
        }
        assert!(memo.get(&asked(2), 1).is_none());
        memo.keep(asked(1), 2, cells(1));
        let kept = memo.lock();
        let there: usize = kept.boards.iter().map(|(asked, (_, cells))| weight(asked, cells)).sum();
        assert_eq!(kept.cells, there, "what was replaced is no longer counted");
    }
}
