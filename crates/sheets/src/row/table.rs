//! A table: what its rows are, what titles say of them, and reading its records.

use std::collections::HashSet;

use jiff::civil::Date;

use super::record::has_lost_signs;
use super::titles::Said;
use super::{Record, Shape, check_sums, torn};
use crate::book::Sheet;
use crate::cell::{self, Unit};
use crate::day::stated_day;
use crate::fault::{Fault, FaultCode, Place, RowPlace, SheetHeader};
use crate::header::{self, Header, common_unit};
use crate::parsed::{BadRow, Parsed};
use crate::rowkind::{RowKind, Rows};
use crate::sums::{Reach, Sums};

/// What the tables of a sheet so far leave to the next one.
#[derive(Debug, Default)]
pub(super) struct Above {
    /// What was said behind the last record.
    said: Said,
    /// The unit that titles stated last.
    unit: Option<Unit>,
}

/// A table whose rows are told apart.
pub(super) struct Table<'a> {
    sheet: &'a Sheet,
    header: &'a Header,
    /// What its rows are, from the one below its header.
    kinds: Vec<RowKind>,
    /// From which rows on which unit of money holds.
    units: Vec<(usize, Unit)>,
}

impl<'a> Table<'a> {
    /// Tells the rows of a table apart, and notes the days and units that titles give.
    pub(super) fn tell<T>(
        sheet: &'a Sheet,
        header: &'a Header,
        shape: &'a Shape,
        above: &mut Above,
        days: &mut HashSet<(String, Date)>,
        parsed: &mut Parsed<T>,
    ) -> Table<'a> {
        let mut note_day = |day: Option<Date>, parsed: &mut Parsed<T>| {
            if let Some(day) = day.filter(|day| days.insert((sheet.name.clone(), *day))) {
                parsed.note_day(sheet, day);
            }
        };
        let Said { day, unit, rows: title_rows } =
            Said::above(sheet, header).or(std::mem::take(&mut above.said));
        let mut day = day.or_else(|| stated_day(&sheet.name));
        note_day(day, parsed);
        above.unit = unit.or(above.unit);
        let mut unit = above.unit.or_else(|| common_unit(header, shape.sums)).unwrap_or_default();
        let mut units = vec![(header.last + 1, unit)];
        parsed.headers.push(SheetHeader { title_rows, unit: above.unit, ..header.place(sheet) });
        let rows = Rows::new(sheet, header, shape);
        let (mut kinds, mut said) = (Vec::with_capacity(header.end - header.last), Said::default());
        // The row of a repeated header from which another day or unit holds.
        let mut anew: Option<usize> = None;
        for (index, cells) in sheet.rows.iter().enumerate().take(header.end).skip(header.last + 1) {
            let kind = rows.kind(cells);
            kinds.push(kind);
            let begins = match kind {
                RowKind::Title | RowKind::Signature | RowKind::Blank | RowKind::Sum(_) => {
                    // What stands right above a header is its title, whatever else it could be.
                    let next = sheet.rows[..header.end].get(index + 1);
                    let is_title =
                        kind == RowKind::Title || next.is_some_and(|row| rows.kind(row) == RowKind::Header);
                    said.note(index, cells, is_title);
                    false
                }
                RowKind::Header => {
                    said.note_day(cells);
                    true
                }
                // A note below the records may name a day; another unit right above records is theirs.
                RowKind::Record => said.unit.is_some(),
            };
            if begins {
                let Said { day: next_day, unit: next_unit, rows: title_rows } = std::mem::take(&mut said);
                above.unit = next_unit.or(above.unit);
                let next = (next_day.filter(|_| kind == RowKind::Header).or(day), next_unit.unwrap_or(unit));
                if next != (day, unit) {
                    note_day(next.0, parsed);
                    (day, unit) = next;
                    units.push((index, unit));
                    let row = header::row(index);
                    let place = SheetHeader { unit: above.unit, ..header.place(sheet) };
                    parsed.headers.push(match kind {
                        RowKind::Header => SheetHeader { first_row: row, last_row: row, title_rows, ..place },
                        _ => SheetHeader { from_row: Some(row), ..place },
                    });
                    anew = Some(index);
                } else if let (Some(before), Some(last)) = (anew, parsed.headers.last_mut())
                    && (before + 1, kind) == (index, RowKind::Header)
                {
                    last.last_row = header::row(index);
                    anew = Some(index);
                }
            }
            if kind == RowKind::Record {
                said = Said::default();
            }
        }
        above.said = said;
        Table { sheet, header, kinds, units }
    }

    /// Notes what there is to say of a table before its records.
    pub(super) fn note<T>(&self, parsed: &mut Parsed<T>) {
        let Table { sheet, header, .. } = self;
        if sheet.hidden != (0, 0) && header.start == 0 {
            let at = Place { sheet: sheet.name.clone(), row: 1, column: String::new() };
            let code = FaultCode::Hidden { rows: sheet.hidden.0, columns: sheet.hidden.1 };
            parsed.findings.push(Fault { at, value: String::new(), code });
        }
        let known = parsed.columns.entry(sheet.name.clone()).or_default();
        for (key, column) in &header.columns {
            known.entry(*key).or_insert_with(|| column.text.clone());
        }
        parsed.read += header.end - header.start;
        parsed.skipped.header += header.last - header.first + 1;
        parsed.findings.extend((header.start..=header.last).filter_map(|index| torn(sheet, header, index)));
        for index in header.first..=header.last {
            for cell in sheet.rows[index].iter().filter(|cell| has_lost_signs(cell)) {
                let column = String::new();
                let at = Place { sheet: sheet.name.clone(), row: header::row(index), column };
                parsed.findings.push(Fault { at, value: cell::shown(cell), code: FaultCode::SignsLost });
            }
        }
        for row in &sheet.rows[header.start..header.first] {
            if row.iter().all(|cell| cell::text(cell).is_none()) {
                parsed.skipped.blank += 1;
            } else {
                parsed.skipped.title += 1;
            }
        }
    }

    /// Reads the records of a table.
    pub(super) fn read<T>(
        &self,
        as_of: Option<Date>,
        parsed: &mut Parsed<T>,
        sums: &mut [Sums],
        record: &mut impl FnMut(&mut Record<'_>) -> Option<T>,
    ) {
        let Table { sheet, header, .. } = *self;
        sums.iter_mut().for_each(Sums::begin_sheet);
        let mut any_record = false;
        let mut above: Vec<(Record<'_>, Reach)> = Vec::new();
        let mut units = self.units.iter().copied().peekable();
        let mut unit = Unit::default();
        for (index, kind) in (header.last + 1..).zip(self.kinds.iter().copied()) {
            while let Some((_, next)) = units.next_if(|(from, _)| *from <= index) {
                unit = next;
            }
            let at = RowPlace { sheet: sheet.name.clone(), row: header::row(index) };
            let cells = &sheet.rows[index];
            let (faults, findings) = (Vec::new(), Vec::new());
            let mut line = Record { at, cells, header, unit, faults, findings, as_of };
            if let Some(fault) = torn(sheet, header, index) {
                if kind == RowKind::Record {
                    any_record = true;
                    parsed.bad.push(BadRow { at: line.at, township: None, village: None });
                    parsed.faults.push(fault);
                    continue;
                }
                parsed.findings.push(fault);
            }
            match kind {
                RowKind::Blank => parsed.skipped.blank += 1,
                RowKind::Header => parsed.skipped.header += 1,
                RowKind::Title => parsed.skipped.title += 1,
                RowKind::Signature => parsed.skipped.signature += 1,
                RowKind::Sum(reach) => {
                    if reach == Reach::Part {
                        parsed.skipped.subtotal += 1;
                    } else {
                        parsed.skipped.total += 1;
                    }
                    if any_record {
                        check_sums(&mut line, sums, |sum, stated| sum.contradiction(stated, reach));
                        sums.iter_mut().for_each(|sum| sum.mark(reach));
                        parsed.findings.append(&mut line.findings);
                    } else {
                        above.push((line, reach));
                    }
                }
                RowKind::Record => {
                    any_record = true;
                    self.read_record(line, parsed, sums, record);
                }
            }
        }
        // A sum that stands above its rows is the sheet's, if it is the widest there.
        let widest = above.iter().map(|(_, reach)| *reach).max();
        for (mut line, _) in above.into_iter().filter(|(_, reach)| Some(*reach) == widest).take(1) {
            check_sums(&mut line, sums, |sum, stated| Some(sum.of_sheet()).filter(|right| *right != stated));
            parsed.findings.append(&mut line.findings);
        }
    }

    fn read_record<T>(
        &self,
        mut line: Record<'_>,
        parsed: &mut Parsed<T>,
        sums: &mut [Sums],
        record: &mut impl FnMut(&mut Record<'_>) -> Option<T>,
    ) {
        for sum in sums {
            let amount = line.cell(sum.key).and_then(|(cell, column)| {
                cell::amount(cell, column.unit.unwrap_or(line.unit)).ok().flatten()
            });
            sum.add(amount.unwrap_or_default());
        }
        line.note_lost_signs();
        let read = record(&mut line);
        parsed.findings.append(&mut line.findings);
        match read {
            Some(row) if line.faults.is_empty() => parsed.rows.push(row),
            _ => {
                let (township, village) = (line.optional_text("township"), line.optional_text("village"));
                parsed.bad.push(BadRow { at: line.at.clone(), township, village });
                parsed.faults.append(&mut line.faults);
            }
        }
    }
}
