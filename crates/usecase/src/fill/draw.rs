//! Numbers drawn for a made-up book: the same seed and the same thing draw the same, in whatever order they are asked.

use jiff::civil::Date;

use bangfu_domain::loan::add_days;

/// A row of numbers of its own for one thing of a book (SplitMix64).
#[derive(Debug, Clone)]
pub(super) struct Draw(u64);

impl Draw {
    /// The numbers of one thing of a county: a kind, and which of it.
    pub(super) fn of(seed: u64, county_id: i64, kind: u64, index: u64) -> Draw {
        let mut draw = Draw(seed);
        for part in [county_id.unsigned_abs(), kind, index] {
            draw.0 = draw.next() ^ part.wrapping_mul(0xD6E8_FEB8_6659_FD93);
        }
        draw
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below another.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next() % bound).unwrap_or(0)
    }

    /// True so many times in a thousand.
    pub(super) fn per_mille(&mut self, times: usize) -> bool {
        self.below(1_000) < times
    }

    /// One of some things.
    pub(super) fn pick<'a, T: ?Sized>(&mut self, things: &[&'a T]) -> &'a T {
        things[self.below(things.len())]
    }

    /// A day between two, both included.
    pub(super) fn day(&mut self, first: Date, last: Date) -> Date {
        let days = usize::try_from(bangfu_domain::loan::days_between(first, last)).unwrap_or(0);
        add_days(first, i32::try_from(self.below(days + 1)).unwrap_or(0))
    }
}

/// Things of unequal weight, the drawing of which follows the weights.
#[derive(Debug)]
pub(super) struct Weighted<T> {
    things: Vec<T>,
    /// The sum of the weights up to and including each.
    sums: Vec<usize>,
}

impl<T: Copy> Weighted<T> {
    pub(super) fn new(things: impl IntoIterator<Item = (T, usize)>) -> Weighted<T> {
        let mut weighted = Weighted { things: Vec::new(), sums: Vec::new() };
        let mut sum = 0;
        for (thing, weight) in things {
            sum += weight;
            weighted.things.push(thing);
            weighted.sums.push(sum);
        }
        weighted
    }

    pub(super) fn is_empty(&self) -> bool {
        self.things.is_empty()
    }

    pub(super) fn draw(&self, draw: &mut Draw) -> T {
        self.at(draw.below(self.sums.last().copied().unwrap_or(1)))
    }

    /// The thing that lies at one of so many equal steps along all of them.
    pub(super) fn along(&self, step: usize, steps: usize) -> T {
        let all = u128::try_from(self.sums.last().copied().unwrap_or(1)).unwrap_or(1);
        let at = u128::try_from(step).unwrap_or(0) * all / u128::try_from(steps.max(1)).unwrap_or(1);
        self.at(usize::try_from(at).unwrap_or(0))
    }

    fn at(&self, place: usize) -> T {
        let index = self.sums.partition_point(|sum| *sum <= place);
        self.things[index.min(self.things.len() - 1)]
    }
}

/// True for `part` of `whole` things, spread evenly over them.
pub(super) fn is_of(index: usize, part: usize, whole: usize) -> bool {
    rank(index + 1, part, whole) > rank(index, part, whole)
}

/// How many of the first so many things [`is_of`] holds for.
pub(super) fn rank(index: usize, part: usize, whole: usize) -> usize {
    let (index, part, whole) = (index as u128, part as u128, whole.max(1) as u128);
    usize::try_from(index * part / whole).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_whole_is_that_part_and_spread_evenly() {
        for (part, whole) in [(0, 7), (1, 7), (3, 10), (10, 10), (30, 1_001)] {
            let chosen: Vec<usize> = (0..whole).filter(|index| is_of(*index, part, whole)).collect();
            assert_eq!(chosen.len(), part);
            let gaps = chosen.windows(2).map(|pair| pair[1] - pair[0]);
            assert!(gaps.clone().max().unwrap_or(1) - gaps.min().unwrap_or(1) <= 1);
        }
    }

    #[test]
    fn what_is_drawn_follows_the_weights() {
        let weighted = Weighted::new([('a', 1), ('b', 0), ('c', 3)]);
        let mut counts = [0; 3];
        let mut draw = Draw::of(7, 431_022, 1, 0);
        for _ in 0..4_000 {
            counts[usize::try_from(u32::from(weighted.draw(&mut draw)) - 97).unwrap()] += 1;
        }
        assert_eq!(counts[1], 0);
        assert!((800..1_200).contains(&counts[0]), "{counts:?}");
        assert_eq!((weighted.along(0, 8), weighted.along(2, 8), weighted.along(7, 8)), ('a', 'c', 'c'));
    }
}
