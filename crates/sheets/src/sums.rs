//! Stated sums held against the rows that they sum up.

use std::collections::BTreeSet;

use bangfu_domain::money::Fen;

/// How wide a sum reaches, by its word: 小计, then 合计, 共计 and 累计, then 总计.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// 小计.
    Part,
    /// 合计.
    Whole,
    /// 总计.
    All,
}

const REACHES: [Reach; 3] = [Reach::Part, Reach::Whole, Reach::All];

/// A column of money.
///
/// Sums may lie within sums (village, township, county) under the same or another word. A sum behind rows is that of
/// the rows since the last sum of its reach; a sum right behind another one reaches back further, to any sum of
/// its own or a wider reach; one that is wider than a part may also be that of the whole file.
#[derive(Debug)]
pub(crate) struct Sums {
    /// The column's field.
    pub(crate) key: &'static str,
    /// Fen in all readable rows of the file so far.
    running: i64,
    /// For each reach, what `running` was where such a sum may begin.
    marks: [BTreeSet<i64>; 3],
    last: [i64; 3],
    /// For each reach, whether a row has come since the last sum of it or a wider one.
    fresh: [bool; 3],
    sheet_start: i64,
}

impl Sums {
    /// Nothing so far.
    pub(crate) fn new(key: &'static str) -> Sums {
        let marks = std::array::from_fn(|_| BTreeSet::from([0]));
        Sums { key, running: 0, marks, last: [0; 3], fresh: [false; 3], sheet_start: 0 }
    }

    /// Adds a row.
    pub(crate) fn add(&mut self, fen: Fen) {
        self.running = self.running.saturating_add(fen.get());
        self.fresh = [true; 3];
    }

    /// The sum that should stand in a row, where the one that stands there is none of those that may.
    pub(crate) fn contradiction(&self, stated: Fen, reach: Reach) -> Option<Fen> {
        let level = reach as usize;
        let last = self.last[level];
        let right = match self.running.checked_sub(stated.get()) {
            Some(0) if reach > Reach::Part => true,
            Some(mark) if self.fresh[level] => mark == last,
            // Nothing has been added: of equal sums one may stand below the other.
            Some(mark) if mark == self.running => last == self.running && self.marks[level].len() == 1,
            Some(mark) => self.marks[level].contains(&mark),
            None => false,
        };
        (!right).then(|| Fen::new(self.running.saturating_sub(last)))
    }

    /// Remembers that a sum ends here: narrower ones and those of its reach may begin.
    pub(crate) fn mark(&mut self, reach: Reach) {
        for narrower in REACHES.into_iter().filter(|one| *one <= reach) {
            self.marks[narrower as usize].insert(self.running);
            self.last[narrower as usize] = self.running;
            self.fresh[narrower as usize] = false;
        }
    }

    /// Begins a sheet.
    pub(crate) fn begin_sheet(&mut self) {
        self.mark(Reach::All);
        self.sheet_start = self.running;
    }

    /// The rows of the sheet so far.
    pub(crate) fn of_sheet(&self) -> Fen {
        Fen::new(self.running.saturating_sub(self.sheet_start))
    }
}
