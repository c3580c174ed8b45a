//! What titles say of the rows below them: the day of their position, and the unit of their money.

use jiff::civil::Date;

use crate::book::{Cell, Sheet};
use crate::cell::{self, Unit};
use crate::day::{is_day_label, stated_day};
use crate::header::{self, Header, title_unit};

/// What titles say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Said {
    /// 截至….
    pub(super) day: Option<Date>,
    /// 单位：….
    pub(super) unit: Option<Unit>,
    /// The rows that say it, as the spreadsheet counts.
    pub(super) rows: Vec<u32>,
}

impl Said {
    /// What the titles right above a header say; of several the first stands.
    pub(super) fn above(sheet: &Sheet, header: &Header) -> Said {
        let rows = header.start..header.first;
        let titles = &sheet.rows[rows.clone()];
        let day = titles.iter().find_map(|cells| day_in(cells));
        let unit = titles.iter().find_map(|cells| title_unit(cells, true));
        Said { day, unit, rows: rows.map(header::row).collect() }
    }

    /// Notes what a row says that stands between records; of several the last stands. `loosely` for a title, which may
    /// name its unit in brackets: a note may speak of any.
    pub(super) fn note(&mut self, index: usize, cells: &[Cell], loosely: bool) {
        let (day, unit) = (day_in(cells), title_unit(cells, loosely));
        if day.is_some() || unit.is_some() {
            (self.day, self.unit) = (day.or(self.day), unit.or(self.unit));
            self.rows.push(header::row(index));
        }
    }

    /// Takes the day that a row states which repeats a header.
    pub(super) fn note_day(&mut self, cells: &[Cell]) {
        self.day = day_in(cells).or(self.day);
    }

    /// What is said here, else what was said before it.
    pub(super) fn or(self, before: Said) -> Said {
        let rows = before.rows.into_iter().chain(self.rows).collect();
        Said { day: self.day.or(before.day), unit: self.unit.or(before.unit), rows }
    }
}

/// The day of the position in a row: in one of its texts, or in the cell beside a label that leads to it.
pub(crate) fn day_in(cells: &[Cell]) -> Option<Date> {
    let within = cells.iter().filter_map(Cell::written).find_map(stated_day);
    within.or_else(|| {
        let at = cells.iter().position(|cell| cell.written().is_some_and(is_day_label))?;
        // A label that is merged over several cells stands in each of them.
        let mut beside = cells[at..].iter().filter(|cell| **cell != Cell::Empty && **cell != cells[at]);
        let beside = beside.next().filter(|cell| matches!(cell, Cell::Date(_) | Cell::Text(_)))?;
        cell::date_of(beside).ok().flatten()
    })
}
