//! The strip that shows why a loan has its colour: the days before its due day, and where today stands.

use bangfu_domain::warning::{Standing, Thresholds};

/// A stretch of the strip in one colour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// The colour, or what follows the due day.
    pub(crate) standing: Standing,
    /// Left edge.
    pub(crate) x: i64,
    /// Width.
    pub(crate) width: i64,
    /// Whether today stands in it.
    pub(crate) now: bool,
}

/// The strip: stretches and marks, in units of its drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ribbon {
    /// From far before the due day to beyond it.
    pub(crate) stretches: Vec<Stretch>,
    /// Days before the due day at which a colour begins, and where that is.
    pub(crate) marks: Vec<(i64, i32)>,
    /// Where the due day ends.
    pub(crate) due_x: i64,
    /// Where today stands.
    pub(crate) now_x: i64,
}

/// Width of the drawing.
const WIDTH: i64 = 720;
/// Room for the time before the first colour, and for the time after the due day.
const EDGE: i64 = 96;

impl Ribbon {
    /// Draws the strip of an owing loan so many days before its due day. What follows the due day is `after`.
    pub(crate) fn draw(days_to_due: i32, standing: Standing, after: Standing, rule: &Thresholds) -> Ribbon {
        let first = i64::from(rule.green_to_days) + 1;
        // The red stretch is short in days and the one that matters: each colour gets a quarter of the room.
        let starts = [rule.green_to_days, rule.blue_to_days, rule.yellow_to_days, rule.red_to_days];
        let colours = [Standing::Green, Standing::Blue, Standing::Yellow, Standing::Red];
        let each = (WIDTH - 2 * EDGE) / 4;
        let left = |index: usize| EDGE + each * i64::try_from(index).unwrap_or(0);
        let due_x = left(4);

        let mut stretches = vec![Stretch { standing: Standing::None, x: 0, width: EDGE, now: false }];
        for (index, colour) in colours.into_iter().enumerate() {
            stretches.push(Stretch { standing: colour, x: left(index), width: each, now: false });
        }
        stretches.push(Stretch { standing: after, x: due_x, width: WIDTH - due_x, now: false });
        for stretch in &mut stretches {
            stretch.now = stretch.standing == standing;
        }

        let days = i64::from(days_to_due);
        let now_x = if days < 0 {
            due_x + (-days * 4).min(WIDTH - due_x - 12)
        } else if days >= first {
            (EDGE - (days - first) / 4 - 8).max(10)
        } else {
            let index = starts.iter().rposition(|start| days_to_due <= *start).unwrap_or(0);
            let end = starts.get(index + 1).map_or(-1, |next| i64::from(*next));
            let length = i64::from(starts[index]) - end;
            let passed = i64::from(starts[index]) - days;
            left(index) + (each * (2 * passed + 1)) / (2 * length)
        };
        let marks = starts.into_iter().enumerate().map(|(index, start)| (left(index), start)).collect();
        Ribbon { stretches, marks, due_x, now_x }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Thresholds =
        Thresholds { red_to_days: 7, yellow_to_days: 30, blue_to_days: 60, green_to_days: 90 };

    #[test]
    fn today_stands_in_the_stretch_of_its_colour() {
        for days in -40..200 {
            let standing = match RULE.level(days) {
                _ if days < 0 => Standing::Overdue,
                Some(level) => Standing::from_key(&format!("{level:?}").to_lowercase()).unwrap(),
                None => Standing::None,
            };
            let ribbon = Ribbon::draw(days, standing, Standing::Overdue, &RULE);
            let now = ribbon.stretches.iter().find(|stretch| stretch.now).unwrap();
            assert!((now.x..now.x + now.width).contains(&ribbon.now_x), "{days}: {ribbon:?}");
        }
    }
}
