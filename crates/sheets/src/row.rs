//! Rows: which hold a record, and reading one field after another with all that is wrong.

use std::collections::BTreeMap;

use bangfu_domain::money::Fen;
use jiff::civil::Date;

use crate::Kind;
use crate::book::{Book, Cell, Sheet};
use crate::cell::{self, Unit};
use crate::day::stated_day;
use crate::fault::{Fault, FaultCode, Place, RowPlace};
use crate::header::{
    self, Column, Header, HeaderFault, Headers, Required, common_unit, find_all, title_unit,
};
use crate::layout::Layout;
use crate::names::Names;
use crate::parsed::{BadRow, Parsed};
use crate::rowkind::{RowKind, Rows};
use crate::sums::{Reach, Sums};

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

/// Reads every sheet of a book that has the shape's header.
pub(crate) fn read<T>(
    book: &Book,
    shape: &Shape,
    layout: Option<&Layout>,
    mut record: impl FnMut(&mut Record<'_>) -> Option<T>,
) -> Result<Parsed<T>, HeaderFault> {
    let Headers { found, misfits, lacking } = find_all(book, shape.fields, shape.required, layout)?;
    let mut parsed: Parsed<T> = Parsed {
        sheet: String::new(),
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
    let mut sums: Vec<Sums> = shape.sums.iter().map(|key| Sums::new(key)).collect();
    for (sheet, header) in &found {
        if parsed.headers.is_empty() {
            parsed.sheet = sheet.name.clone();
        }
        parsed.headers.push(header.place(sheet));
        let texts = header.columns.iter().map(|(key, column)| (*key, column.text.clone()));
        if sheet.hidden != (0, 0) {
            let at = Place { sheet: sheet.name.clone(), row: 1, column: String::new() };
            let code = FaultCode::Hidden { rows: sheet.hidden.0, columns: sheet.hidden.1 };
            parsed.findings.push(Fault { at, value: String::new(), code });
        }
        let known = parsed.columns.entry(sheet.name.clone()).or_default();
        for (key, text) in texts {
            known.entry(key).or_insert(text);
        }
        read_sheet(sheet, header, shape, &mut parsed, &mut sums, &mut record);
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
    Ok(parsed)
}

fn read_sheet<T>(
    sheet: &Sheet,
    header: &Header,
    shape: &Shape,
    parsed: &mut Parsed<T>,
    sums: &mut [Sums],
    record: &mut impl FnMut(&mut Record<'_>) -> Option<T>,
) {
    let told;
    let sheet = if sheet.from_1904 {
        told = in_days_of_1900(sheet, header);
        &told
    } else {
        sheet
    };
    parsed.read += header.end - header.start;
    let mut as_of = title_day(sheet, header);
    parsed.note_day(sheet, as_of);
    parsed.skipped.header += header.last - header.first + 1;
    parsed.findings.extend((header.start..=header.last).filter_map(|index| torn(sheet, header, index)));
    for row in &sheet.rows[header.start..header.first] {
        if row.iter().all(|cell| cell::text(cell).is_none()) {
            parsed.skipped.blank += 1;
        } else {
            parsed.skipped.title += 1;
        }
    }
    let unit = title_unit(sheet, header).or_else(|| common_unit(header, shape.sums)).unwrap_or_default();
    let rows = Rows::new(sheet, header, shape);
    sums.iter_mut().for_each(Sums::begin_sheet);
    let mut any_record = false;
    let mut next_day = None;
    let mut above: Vec<(Record<'_>, Reach)> = Vec::new();
    for (index, cells) in sheet.rows.iter().enumerate().take(header.end).skip(header.last + 1) {
        let at = RowPlace { sheet: sheet.name.clone(), row: header::row(index) };
        let mut line = Record {
            at,
            cells,
            header,
            unit,
            faults: Vec::new(),
            findings: Vec::new(),
            as_of: as_of.or(parsed.as_of),
        };
        let kind = rows.kind(cells);
        if let Some(fault) = torn(sheet, header, index) {
            if kind == RowKind::Record {
                any_record = true;
                parsed.bad.push(BadRow { at: line.at, township: None, village: None });
                parsed.faults.push(fault);
                continue;
            }
            parsed.findings.push(fault);
        }
        if kind != RowKind::Record {
            next_day = day_in(cells).or(next_day);
        }
        match kind {
            RowKind::Blank => parsed.skipped.blank += 1,
            RowKind::Header => {
                parsed.skipped.header += 1;
                // A title with another day above the header again: another table begins.
                as_of = next_day.take().or(as_of);
                parsed.note_day(sheet, as_of);
            }
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
                (any_record, next_day) = (true, None);
                for sum in sums.iter_mut() {
                    let amount = line.cell(sum.key).and_then(|(cell, column)| {
                        cell::amount(cell, column.unit.unwrap_or(unit)).ok().flatten()
                    });
                    sum.add(amount.unwrap_or_default());
                }
                let read = record(&mut line);
                parsed.findings.append(&mut line.findings);
                match read {
                    Some(row) if line.faults.is_empty() => parsed.rows.push(row),
                    _ => {
                        let (township, village) =
                            (line.optional_text("township"), line.optional_text("village"));
                        parsed.bad.push(BadRow { at: line.at.clone(), township, village });
                        parsed.faults.append(&mut line.faults);
                    }
                }
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

/// The fields that hold days.
const DAYS: [&str; 4] = ["disbursed-on", "due-on", "settled-on", "on"];

/// Days between the calendars of 1900 and of 1904.
const CALENDARS_APART: i32 = 1_462;

/// A sheet of a workbook that counts its days from 1904, with the bare numbers in its columns of days told as others
/// tell them.
fn in_days_of_1900(sheet: &Sheet, header: &Header) -> Sheet {
    let mut told = sheet.clone();
    for index in DAYS.iter().filter_map(|key| header.columns.get(key)).map(|column| column.index) {
        for cell in told.rows.iter_mut().skip(header.last + 1).filter_map(|row| row.get_mut(index)) {
            if let Cell::Number(number) = cell
                && let Ok(serial) = number.to_string().parse::<i32>()
                && let Some(day) = cell::serial_day(&serial.saturating_add(CALENDARS_APART).to_string())
            {
                *cell = Cell::Date(day);
            }
        }
    }
    told
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

/// A row that is being read, with what is wrong with it.
pub(crate) struct Record<'a> {
    /// Where it stands.
    pub(crate) at: RowPlace,
    cells: &'a [Cell],
    header: &'a Header,
    unit: Unit,
    /// What makes it bad.
    pub(crate) faults: Vec<Fault>,
    findings: Vec<Fault>,
    /// The day of the position, as far as it is known.
    pub(crate) as_of: Option<Date>,
}

impl<'a> Record<'a> {
    /// The cell of a field and its column, if the file has one.
    fn cell(&self, key: &str) -> Option<(&'a Cell, &'a Column)> {
        let column = self.header.columns.get(key)?;
        let cell = column.fixed.as_ref().or_else(|| self.cells.get(column.index));
        Some((cell.unwrap_or(&Cell::Empty), column))
    }

    /// True if the file has a column for a field.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.header.columns.contains_key(key)
    }

    /// True if the file has a column for a field and nothing stands in it here.
    pub(crate) fn is_blank(&self, key: &str) -> bool {
        self.cell(key).is_some_and(|(cell, _)| cell::text(cell).is_none())
    }

    fn made(&self, key: &str, code: FaultCode) -> Fault {
        let (value, column) = self
            .cell(key)
            .map_or_else(Default::default, |(cell, column)| (cell::shown(cell), column.text.clone()));
        let at = Place { sheet: self.at.sheet.clone(), row: self.at.row, column };
        Fault { at, value, code }
    }

    /// Makes the row bad.
    pub(crate) fn refuse(&mut self, key: &str, code: FaultCode) {
        let fault = self.made(key, code);
        self.faults.push(fault);
    }

    /// Notes something about the row that does not make it bad. Findings are kept with the loan, where no
    /// identity or phone number may stand.
    pub(crate) fn notice(&mut self, key: &str, code: FaultCode) {
        let mut fault = self.made(key, code);
        if key.ends_with("identity") || key == "phone" {
            let shown = fault.value.chars().count().min(2);
            fault.value = fault.value.chars().take(shown).chain("****".chars()).collect();
        }
        self.findings.push(fault);
    }

    /// A required field: missing or unreadable, it makes the row bad.
    pub(crate) fn required<T>(
        &mut self,
        key: &str,
        read: impl Fn(&Cell) -> Result<Option<T>, FaultCode>,
    ) -> Option<T> {
        let found = self.cell(key).map_or(Ok(None), |(cell, _)| read(cell));
        match found {
            Ok(Some(value)) => Some(value),
            Ok(None) => {
                self.refuse(key, FaultCode::Missing);
                None
            }
            Err(code) => {
                self.refuse(key, code);
                None
            }
        }
    }

    /// An optional field: unreadable, it is left out, and that is noted.
    pub(crate) fn optional<T>(
        &mut self,
        key: &str,
        read: impl Fn(&Cell) -> Result<Option<T>, FaultCode>,
    ) -> Option<T> {
        match self.cell(key).map_or(Ok(None), |(cell, _)| read(cell)) {
            Ok(value) => value,
            Err(_) => {
                self.notice(key, FaultCode::Ignored);
                None
            }
        }
    }

    /// A required name, without blanks.
    pub(crate) fn required_name(&mut self, key: &str) -> Option<String> {
        self.required(key, |cell| Ok(cell::name(cell)))
    }

    /// An optional name, without blanks.
    pub(crate) fn optional_name(&self, key: &str) -> Option<String> {
        self.cell(key).and_then(|(cell, _)| cell::name(cell))
    }

    /// An optional text.
    pub(crate) fn optional_text(&self, key: &str) -> Option<String> {
        self.cell(key).and_then(|(cell, _)| cell::text(cell))
    }

    /// A required amount in the unit of its column.
    pub(crate) fn required_amount(&mut self, key: &str) -> Option<Fen> {
        let unit = self.unit_of(key);
        self.required(key, |cell| cell::amount(cell, unit))
    }

    /// An optional amount in the unit of its column.
    pub(crate) fn optional_amount(&mut self, key: &str) -> Option<Fen> {
        let unit = self.unit_of(key);
        self.optional(key, |cell| cell::amount(cell, unit))
    }

    fn unit_of(&self, key: &str) -> Unit {
        self.cell(key).and_then(|(_, column)| column.unit).unwrap_or(self.unit)
    }

    /// True if a column of a field counts in years.
    pub(crate) fn in_years(&self, key: &str) -> bool {
        self.cell(key).is_some_and(|(_, column)| column.years)
    }
}

/// The day of the position in the rows above the header, or in the sheet's name.
fn title_day(sheet: &Sheet, header: &Header) -> Option<Date> {
    let mut above = sheet.rows[header.start..header.first].iter();
    above.find_map(|cells| day_in(cells)).or_else(|| stated_day(&sheet.name))
}

/// The day of the position in a row.
fn day_in(cells: &[Cell]) -> Option<Date> {
    cells.iter().filter_map(Cell::written).find_map(stated_day)
}
