//! What the book has and a file does not.

use std::collections::BTreeSet;

use super::report::Report;

/// The most that are named; all are counted.
const NAMED_MAX: usize = 2_000;

/// What a file does not have: the first by number or name, and how much that is.
#[derive(Debug, Default)]
pub(super) struct Absent {
    first: BTreeSet<(String, i64)>,
    count: usize,
}

impl Absent {
    /// Notes what bears a number or name, and its id.
    pub(super) fn note(&mut self, name: String, id: i64) {
        self.count += 1;
        self.first.insert((name, id));
        if self.first.len() > NAMED_MAX {
            self.first.pop_last();
        }
    }

    /// Tells it in a report.
    pub(super) fn tell(self, report: &mut Report) {
        report.absent = self.first.into_iter().map(|(name, _)| name).collect();
        report.absent_in_all = self.count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_named_and_all_are_counted() {
        let mut absent = Absent::default();
        for id in (0..5_000).rev() {
            absent.note(format!("{id:04}"), id);
        }
        absent.note("0000".to_owned(), 5_000);
        let mut report = Report::default();
        absent.tell(&mut report);
        assert_eq!((report.absent.len(), report.absent_in_all), (NAMED_MAX, 5_001));
        assert_eq!(report.absent[..3], ["0000", "0000", "0001"], "two of one name are two");
    }
}
