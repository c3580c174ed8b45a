//! Rows: which hold a record, and reading one field after another with all that is wrong.

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::money::Fen;
use bangfu_domain::text::squeeze;
use jiff::civil::Date;

use crate::book::{Book, Cell, Sheet};
use crate::cell::{self, Unit};
use crate::fault::{Fault, FaultCode, Place, RowPlace};
use crate::header::{self, Column, Header, HeaderFault, Names, Required, find_all, title_unit};
use crate::parsed::{BadRow, Parsed};

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowKind {
    Record,
    Blank,
    Header,
    Subtotal,
    Total,
    Signature,
}

/// A column of money whose stated sums are held against their rows.
///
/// Sums may lie within sums (village, township, county) under the same or another word: a stated sum is right if
/// it is that of the rows back to any earlier sum, or to the beginning.
struct Sums {
    key: &'static str,
    /// Fen in all rows of the file so far.
    running: i64,
    /// What `running` was behind each sum, and at the beginning of the file and of each sheet.
    marks: BTreeSet<i64>,
    /// The last mark behind any sum, and behind a total.
    last: i64,
    last_total: i64,
}

impl Sums {
    fn new(key: &'static str) -> Sums {
        Sums { key, running: 0, marks: BTreeSet::from([0]), last: 0, last_total: 0 }
    }

    fn add(&mut self, fen: i64) {
        self.running = self.running.saturating_add(fen);
    }

    /// The sum that should stand in a row, where the one that stands there is none of those that may.
    fn contradiction(&self, stated: i64, kind: RowKind) -> Option<i64> {
        let right = self.running.checked_sub(stated).is_some_and(|mark| self.marks.contains(&mark));
        let since = if kind == RowKind::Subtotal { self.last } else { self.last_total };
        (!right).then(|| self.running.saturating_sub(since))
    }

    /// Remembers that a sum or a sheet ends here.
    fn mark(&mut self, kind: RowKind) {
        self.marks.insert(self.running);
        self.last = self.running;
        if kind == RowKind::Total {
            self.last_total = self.running;
        }
    }
}

/// What is needed to read a kind of file.
pub(crate) struct Layout {
    /// Its fields.
    pub(crate) fields: &'static [Names],
    /// What must be there, each by one of several fields.
    pub(crate) required: &'static [Required],
    /// Fields of which a record has at least one: a row without any is no record.
    pub(crate) keys: &'static [&'static str],
    /// Columns that merged cells may fill although the row is blank.
    pub(crate) places: &'static [&'static str],
    /// Columns of money whose stated sums are checked.
    pub(crate) sums: &'static [&'static str],
}

/// Columns in which people write sentences: what stands there does not tell what a row is.
const PROSE: &[&str] = &["note", "memo", "purpose"];

/// A longer text that says 合计 is prose.
const SUM_WORD_MAX: usize = 20;

/// Reads every sheet of a book that has the layout's header.
pub(crate) fn read<T>(
    book: &Book,
    layout: &Layout,
    mut record: impl FnMut(&mut Record<'_>) -> Option<T>,
) -> Result<Parsed<T>, HeaderFault> {
    let sheets = find_all(book, layout.fields, layout.required)?;
    let mut parsed: Parsed<T> = Parsed {
        sheet: String::new(),
        rows: Vec::new(),
        bad: Vec::new(),
        faults: Vec::new(),
        findings: Vec::new(),
        read: 0,
        skipped: Default::default(),
        as_of: None,
        headers: Vec::new(),
        columns: BTreeMap::new(),
    };
    let mut sums: Vec<Sums> = layout.sums.iter().map(|key| Sums::new(key)).collect();
    for (sheet, header) in &sheets {
        if parsed.headers.is_empty() {
            parsed.sheet = sheet.name.clone();
        }
        parsed.headers.push(header.place(sheet));
        for (key, column) in &header.columns {
            parsed.columns.entry(key).or_insert_with(|| column.text.clone());
        }
        parsed.as_of = parsed.as_of.or_else(|| title_day(sheet, header));
        read_sheet(sheet, header, layout, &mut parsed, &mut sums, &mut record);
        sums.iter_mut().for_each(|sum| sum.mark(RowKind::Total));
    }
    Ok(parsed)
}

fn read_sheet<T>(
    sheet: &Sheet,
    header: &Header,
    layout: &Layout,
    parsed: &mut Parsed<T>,
    sums: &mut [Sums],
    record: &mut impl FnMut(&mut Record<'_>) -> Option<T>,
) {
    parsed.read += sheet.rows.len();
    parsed.skipped.header += header.last - header.first + 1;
    for row in &sheet.rows[..header.first] {
        if row.iter().all(|cell| cell::text(cell).is_none()) {
            parsed.skipped.blank += 1;
        } else {
            parsed.skipped.title += 1;
        }
    }
    let unit = title_unit(sheet, header);
    for (index, cells) in sheet.rows.iter().enumerate().skip(header.last + 1) {
        let at = RowPlace { sheet: sheet.name.clone(), row: u32::try_from(index + 1).unwrap_or(u32::MAX) };
        let mut line =
            Record { at, cells, header, unit, faults: Vec::new(), findings: Vec::new(), as_of: parsed.as_of };
        let kind = line.kind(layout);
        match kind {
            RowKind::Blank => parsed.skipped.blank += 1,
            RowKind::Header => parsed.skipped.header += 1,
            RowKind::Signature => parsed.skipped.signature += 1,
            RowKind::Subtotal | RowKind::Total => {
                check_sums(&mut line, sums, kind);
                parsed.findings.append(&mut line.findings);
                if kind == RowKind::Subtotal {
                    parsed.skipped.subtotal += 1;
                } else {
                    parsed.skipped.total += 1;
                }
            }
            RowKind::Record => {
                for sum in sums.iter_mut() {
                    let amount = line.cell(sum.key).and_then(|(cell, column)| {
                        cell::amount(cell, column.unit.unwrap_or(unit)).ok().flatten()
                    });
                    sum.add(amount.map_or(0, |amount| amount.get()));
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
}

/// Holds a stated sum against its rows.
fn check_sums(line: &mut Record<'_>, sums: &mut [Sums], kind: RowKind) {
    for sum in sums {
        if let Some(stated) = line.optional_amount(sum.key)
            && let Some(computed) = sum.contradiction(stated.get(), kind)
        {
            line.notice(sum.key, FaultCode::SumDiffers { computed_fen: Fen::new(computed) });
        }
        sum.mark(kind);
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
        Some((self.cells.get(column.index).unwrap_or(&Cell::Empty), column))
    }

    /// True if the file has a column for a field.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.header.columns.contains_key(key)
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

    /// Notes something about the row that does not make it bad.
    pub(crate) fn notice(&mut self, key: &str, code: FaultCode) {
        let fault = self.made(key, code);
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

    fn kind(&self, layout: &Layout) -> RowKind {
        let in_column = |index: usize, keys: &[&str]| {
            keys.iter().any(|key| self.header.columns.get(key).is_some_and(|column| column.index == index))
        };
        // Merged cells and forms numbered in advance fill these although nobody has written a record.
        let place = |index: usize, cell: &Cell| {
            in_column(index, layout.places) || (in_column(index, &["ordinal"]) && is_count(cell))
        };
        let mut content = false;
        for (index, cell) in self.cells.iter().enumerate() {
            content |= !place(index, cell) && !is_nothing(cell);
        }
        let filled = |key: &&str| self.cell(key).is_some_and(|(cell, _)| cell::text(cell).is_some());
        if layout.keys.iter().filter(|key| filled(key)).count() == layout.keys.len() {
            return if self.is_header() { RowKind::Header } else { RowKind::Record };
        }
        let texts: Vec<String> = self
            .cells
            .iter()
            .enumerate()
            .filter_map(|(index, cell)| match cell {
                Cell::Text(text) if !in_column(index, PROSE) => Some(squeeze(text)),
                _ => None,
            })
            .filter(|text| !text.is_empty())
            .collect();
        let any = |words: &[&str]| texts.iter().any(|text| words.iter().any(|word| text.contains(word)));
        let sum = |words: &[&str]| {
            texts.iter().any(|text| {
                text.chars().count() <= SUM_WORD_MAX && words.iter().any(|word| text.contains(word))
            })
        };
        if sum(&["小计"]) {
            return RowKind::Subtotal;
        }
        if sum(&["合计", "总计", "共计"]) {
            return RowKind::Total;
        }
        if !content {
            return RowKind::Blank;
        }
        if self.is_header() {
            return RowKind::Header;
        }
        let signed = [
            "填表人",
            "审核人",
            "制表",
            "填报",
            "负责人",
            "填表日期",
            "经办人",
            "复核",
            "联系人:",
            "签字",
            "盖章",
        ];
        let noted = texts.first().is_some_and(|text| {
            ["注:", "注1", "说明", "备注:", "填表说明"].iter().any(|word| text.starts_with(word))
        });
        if noted || (any(&signed) && layout.keys.iter().filter(|key| filled(key)).count() <= 1) {
            return RowKind::Signature;
        }
        RowKind::Record
    }

    /// True if the row repeats the header, as printed pages do.
    fn is_header(&self) -> bool {
        let mut same = 0;
        for column in self.header.columns.values() {
            let text = self.cells.get(column.index).and_then(header::shown);
            same += usize::from(text.is_some_and(|text| text == column.text));
        }
        same >= 2 && same * 2 > self.header.columns.len()
    }
}

/// True for a cell that is empty or a bare zero: formulas drawn down below the last record leave zeros.
fn is_nothing(cell: &Cell) -> bool {
    cell::text(cell).is_none_or(|text| text.bytes().all(|byte| matches!(byte, b'0' | b'.')))
}

/// True for a whole number, which counts rows.
fn is_count(cell: &Cell) -> bool {
    cell::text(cell).is_none_or(|text| squeeze(&text).bytes().all(|byte| byte.is_ascii_digit()))
}

/// The day of the position in the rows above the header: 截至2019年4月30日 and its variants.
fn title_day(sheet: &Sheet, header: &Header) -> Option<Date> {
    let texts = sheet.rows[..header.first].iter().flatten().filter_map(|cell| match cell {
        Cell::Text(text) => Some(squeeze(text)),
        _ => None,
    });
    let mut texts: Vec<String> = texts.collect();
    texts.push(squeeze(&sheet.name));
    texts.iter().find_map(|text| {
        let start = ["截至", "截止", "截止到", "截至到"]
            .iter()
            .filter_map(|word| text.find(word).map(|at| at + word.len()));
        start.max().and_then(|start| day_at(text[start..].trim_start_matches(['到', ':', '日', '期'])))
    })
}

/// The day at the beginning of a text; a month without a day means its last.
fn day_at(text: &str) -> Option<Date> {
    let mut numbers: Vec<String> = vec![String::new()];
    for c in text.chars() {
        if c.is_ascii_digit() {
            numbers.last_mut()?.push(c);
        } else if matches!(c, '年' | '月' | '.' | '-' | '/') && numbers.len() < 3 {
            numbers.push(String::new());
        } else {
            break;
        }
    }
    let number = |index: usize| numbers.get(index).filter(|text| !text.is_empty());
    if let (Some(whole), None) = (number(0).filter(|text| text.len() == 8), number(1)) {
        return Date::new(whole[..4].parse().ok()?, whole[4..6].parse().ok()?, whole[6..].parse().ok()?).ok();
    }
    let (year, month) = (number(0)?.parse().ok()?, number(1)?.parse().ok()?);
    match number(2) {
        Some(day) => Date::new(year, month, day.parse().ok()?).ok(),
        None => Date::new(year, month, 1).ok().map(|first| first.last_of_month()),
    }
}
