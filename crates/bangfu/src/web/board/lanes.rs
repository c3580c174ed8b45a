//! The room that each colour's bars get in the board's table, so that one scale holds for all of them.

use super::view::SHOWN;

/// All room for bars, of which each column gets its part.
const ROOM: u64 = 100;

/// The least room of a column: its heading must stand above it.
const ROOM_MIN: u64 = 12;

/// The lanes of the bars: a loan is as long in every column, so a column with larger numbers gets more room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lanes {
    /// The room of each column, of [`ROOM`].
    pub(crate) rooms: [u64; SHOWN.len()],
    /// The length of a loan, as room over loans.
    length: (u64, u64),
}

impl Lanes {
    /// The lanes of columns whose largest cells hold so many loans.
    pub(crate) fn of(highest: [u64; SHOWN.len()]) -> Lanes {
        // Columns that would be too narrow get the least room; the others share what is left.
        let mut narrow = [false; SHOWN.len()];
        loop {
            let sum_of = |chosen: bool| {
                let columns = highest.iter().zip(narrow).filter(|(_, narrow)| *narrow == chosen);
                columns.fold((0, 0), |(count, sum), (loans, _)| (count + 1, sum + loans))
            };
            let (left, loans) = (ROOM - ROOM_MIN * sum_of(true).0, sum_of(false).1.max(1));
            let too_narrow = |index: usize| !narrow[index] && highest[index] * left < ROOM_MIN * loans;
            let Some(found) = (0..SHOWN.len()).find(|index| too_narrow(*index)) else {
                let rooms = highest.map(|highest| (highest * left).div_ceil(loans).max(ROOM_MIN));
                return Lanes { rooms, length: (left, loans) };
            };
            narrow[found] = true;
        }
    }

    /// The length of a cell's bar, in thousandths of its column's room.
    pub(crate) fn bar(&self, column: usize, loans: u64) -> u64 {
        let room = self.rooms.get(column).copied().unwrap_or(ROOM_MIN);
        loans.saturating_mul(1000 * self.length.0) / (room * self.length.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loan_is_as_long_in_every_column() {
        let lanes = Lanes::of([3, 6, 15, 21, 18, 0]);
        assert_eq!(lanes.rooms, [12, 12, 18, 25, 22, 12]);
        let length = |column: usize, loans: u64| lanes.bar(column, loans) * lanes.rooms[column] / 10;
        for column in 0..SHOWN.len() {
            assert!(length(column, 3).abs_diff(length(3, 3)) <= 4, "{column}: {lanes:?}");
        }
        assert!((990..=1000).contains(&lanes.bar(3, 21)));
    }

    #[test]
    fn columns_of_nothing_and_of_thousands_keep_their_room() {
        assert_eq!(Lanes::of([0; 6]).rooms, [ROOM_MIN; 6]);
        let lanes = Lanes::of([9_000_000, 0, 1, 0, 0, 0]);
        assert_eq!(lanes.rooms, [40, 12, 12, 12, 12, 12]);
        assert_eq!(lanes.bar(0, 9_000_000), 1000);
    }
}
