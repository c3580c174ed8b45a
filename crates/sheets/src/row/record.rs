//! A row that is being read: one field after another, with all that is wrong.

use bangfu_domain::money::Fen;
use jiff::civil::Date;

use crate::book::Cell;
use crate::cell::{self, Unit};
use crate::fault::{Fault, FaultCode, Place, RowPlace};
use crate::header::{Column, Header};
use crate::measure::{Measure, Span};
use crate::rowkind::PROSE;

/// A row that is being read, with what is wrong with it.
pub(crate) struct Record<'a> {
    /// Where it stands.
    pub(crate) at: RowPlace,
    pub(super) cells: &'a [Cell],
    pub(super) header: &'a Header,
    pub(super) unit: Unit,
    /// What makes it bad.
    pub(crate) faults: Vec<Fault>,
    pub(super) findings: Vec<Fault>,
    /// The day of the position, where somebody tells it: that of the whole file.
    pub(crate) as_of: Option<Date>,
}

impl<'a> Record<'a> {
    /// The cell of a field and its column, if the file has one.
    pub(super) fn cell(&self, key: &str) -> Option<(&'a Cell, &'a Column)> {
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

    /// Notes the cells of which signs were lost before they came here: what they held cannot be told. In prose that does
    /// no harm.
    pub(super) fn note_lost_signs(&mut self) {
        let lost = |key: &&&str| self.cell(key).is_some_and(|(cell, _)| has_lost_signs(cell));
        let keys: Vec<&str> = self.header.columns.keys().filter(lost).copied().collect();
        for key in keys {
            if PROSE.contains(&key) {
                self.notice(key, FaultCode::SignsLost);
            } else {
                self.refuse(key, FaultCode::SignsLost);
            }
        }
    }

    /// What is to be said at the cell of a field.
    pub(crate) fn made(&self, key: &str, code: FaultCode) -> Fault {
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

    /// The header text of a field's column; empty where the file has none.
    pub(crate) fn column_text(&self, key: &str) -> &'a str {
        self.header.columns.get(key).map_or("", |column| column.text.as_str())
    }

    /// In what a column of rates counts.
    pub(crate) fn measure_of(&self, key: &str) -> Measure {
        self.cell(key).map(|(_, column)| column.measure).unwrap_or_default()
    }

    /// In what a column of terms counts.
    pub(crate) fn span_of(&self, key: &str) -> Span {
        self.cell(key).map(|(_, column)| column.span).unwrap_or_default()
    }
}

/// True for a text in which a sign stands for what could not be decoded.
pub(super) fn has_lost_signs(cell: &Cell) -> bool {
    cell.written().is_some_and(|text| text.contains(char::REPLACEMENT_CHARACTER))
}
