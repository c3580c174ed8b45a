//! Rows: which hold a record, and reading them one after another.
//!
//! A file is gone through twice: first what each row is and what titles say, then the records. The day of a position and
//! the unit of an amount are known before the first record is read, whatever the order of the sheets.

mod record;
mod table;
mod titles;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use bangfu_domain::money::Fen;
use jiff::civil::Date;

use crate::Kind;
use crate::book::{Book, Cell, Sheet};
use crate::calendar::in_days_of_1900;
use crate::cell;
use crate::fault::{Fault, FaultCode, Place};
use crate::header::{self, Header, HeaderFault, Headers, Required, TABLES_MAX, find_all};
use crate::layout::Layout;
use crate::names::Names;
use crate::parsed::Parsed;
use crate::sums::Sums;
use table::{Above, Table};

pub(crate) use record::Record;
pub(crate) use titles::day_in;

/// What is needed to read a kind of file.
pub(crate) struct Shape {
    /// Its fields.
    pub(crate) fields: &'static [Names],
    /// What must be there, each by one of several fields.
    pub(crate) required: &'static [Required],
    /// Fields which only a record has all of.
    pub(crate) keys: &'static [&'static str],
    /// Fields that hold identity numbers: only a record has one.
    pub(crate) identities: &'static [&'static str],
    /// Fields of which a record, however incomplete, has one.
    pub(crate) evidence: &'static [&'static str],
    /// Fields that hold people's names.
    pub(crate) names: &'static [&'static str],
    /// Columns that merged cells may fill although the row is blank.
    pub(crate) places: &'static [&'static str],
    /// Columns of money whose stated sums are checked.
    pub(crate) sums: &'static [&'static str],
}

/// The headers of a book that is read as a kind of file, with what reading it needs; where it says less than the kind
/// tells as a rule, what that less is.
pub(crate) fn headers_of<'a>(
    book: &'a Book,
    kind: Kind,
    layout: Option<&Layout>,
) -> Option<(&'static Shape, Headers<'a>)> {
    let shapes = [Some(kind.shape()), kind.lesser_shape()].into_iter().flatten();
    let read =
        |shape: &'static Shape| Some((shape, find_all(book, shape.fields, shape.required, layout).ok()?));
    shapes.filter_map(read).next()
}

/// Reads every sheet of a book that has the shape's header. `as_of` is the day of the position as its user gives it.
pub(crate) fn read<T>(
    book: &Book,
    shape: &Shape,
    layout: Option<&Layout>,
    as_of: Option<Date>,
    mut record: impl FnMut(&mut Record<'_>) -> Option<T>,
) -> Result<Parsed<T>, HeaderFault> {
    let Headers { found, misfits, lacking, cut } = find_all(book, shape.fields, shape.required, layout)?;
    let mut parsed: Parsed<T> = Parsed {
        sheet: found.first().map(|(sheet, _)| sheet.name.clone()).unwrap_or_default(),
        rows: Vec::new(),
        bad: Vec::new(),
        faults: Vec::new(),
        findings: Vec::new(),
        read: 0,
        skipped: Default::default(),
        as_of: None,
        stated_days: Vec::new(),
        headers: Vec::new(),
        columns: BTreeMap::new(),
    };
    let by_sheet = || found.chunk_by(|(sheet, _), (next, _)| std::ptr::eq(*sheet, *next));
    let sheets: Vec<Cow<'_, Sheet>> =
        by_sheet().map(|own| in_days_of_1900(own[0].0, own.iter().map(|(_, header)| header))).collect();
    let mut tables = Vec::with_capacity(found.len());
    let mut days = HashSet::new();
    for (sheet, own) in sheets.iter().zip(by_sheet()) {
        let mut above = Above::default();
        for (_, header) in own {
            tables.push(Table::tell(sheet, header, shape, &mut above, &mut days, &mut parsed));
        }
    }
    let as_of = parsed.position_on(as_of);
    let mut sums: Vec<Sums> = shape.sums.iter().map(|key| Sums::new(key)).collect();
    for table in &tables {
        table.note(&mut parsed);
        table.read(as_of, &mut parsed, &mut sums, &mut record);
    }
    for (sheet, row, missing) in misfits {
        let at = Place { sheet, row, column: String::new() };
        parsed.findings.push(Fault { at, value: String::new(), code: FaultCode::LayoutMisfit { missing } });
    }
    for (sheet, fault) in lacking {
        let missing = fault.missing.iter().filter_map(|(_, names)| names.first().cloned()).collect();
        let at = Place { sheet, row: fault.row.unwrap_or(1), column: String::new() };
        parsed.findings.push(Fault { at, value: String::new(), code: FaultCode::SheetLacks { missing } });
    }
    for (sheet, row) in cut {
        let at = Place { sheet, row, column: String::new() };
        let code = FaultCode::TablesBeyond { max: TABLES_MAX };
        parsed.findings.push(Fault { at, value: String::new(), code });
    }
    Ok(parsed)
}

/// What is wrong with a row in which a quote never closes. What stands behind it cannot be told: as a record it is
/// bad, whatever else is in it.
fn torn(sheet: &Sheet, header: &Header, index: usize) -> Option<Fault> {
    let (place, cell) =
        sheet.rows[index].iter().enumerate().find(|(_, cell)| matches!(cell, Cell::Torn(_)))?;
    let column = header.columns.values().find(|column| column.index == place);
    let column = column.map(|column| column.text.clone()).unwrap_or_default();
    let at = Place { sheet: sheet.name.clone(), row: header::row(index), column };
    Some(Fault { at, value: cell::shown(cell), code: FaultCode::QuoteUnclosed })
}

/// Holds a row's stated sums against what they should be.
fn check_sums(line: &mut Record<'_>, sums: &[Sums], contradiction: impl Fn(&Sums, Fen) -> Option<Fen>) {
    for sum in sums {
        if let Some(stated) = line.optional_amount(sum.key)
            && let Some(computed_fen) = contradiction(sum, stated)
        {
            line.notice(sum.key, FaultCode::SumDiffers { computed_fen });
        }
    }
}
