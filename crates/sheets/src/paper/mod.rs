//! A paper as plain data, and as a file: a workbook, or a document that word processors open. Its page is a template's.

mod docx;
mod xlsx;

pub use docx::to_docx;
pub use xlsx::to_xlsx;

use crate::export::Value;

/// A paper, put into words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Paper {
    /// What stands above all.
    pub title: String,
    /// Which office writes it.
    pub unit: String,
    /// What it is of: day, area, code, each with its name.
    pub facts: Vec<(String, String)>,
    /// What stands in it, in order.
    pub parts: Vec<Part>,
    /// Whether its tables need the broad side of the sheet.
    pub landscape: bool,
    /// What stands below each page: the code, and that data are made up.
    pub foot: String,
}

/// A part of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A heading.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
    /// A name and what it says, in large type.
    Large(String, String),
    /// A table.
    Table(Table),
    /// Lines to be signed.
    Signs(Vec<String>),
    /// An address that a phone reads, and what to do there.
    Address(String, String),
    /// What follows begins on a new page.
    Break,
}

/// A table of a paper.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// What it lists.
    pub caption: String,
    /// The header.
    pub header: Vec<String>,
    /// The rows, each as wide as the header.
    pub rows: Vec<Vec<Value>>,
    /// How many of the last rows are sums.
    pub sums: usize,
}

impl Table {
    /// Whether a row is a sum.
    pub fn is_sum(&self, row: usize) -> bool {
        row + self.sums >= self.rows.len()
    }
}

impl Value {
    /// As it is read on paper.
    pub fn said(&self) -> String {
        match self {
            Value::Text(text) => text.clone(),
            Value::Date(day) => day.map(|day| day.to_string()).unwrap_or_default(),
            Value::Money(amount) => grouped(&amount.to_string()),
            Value::Integer(number) => grouped(&number.to_string()),
        }
    }

    /// Whether it stands at the right of its column.
    pub fn is_number(&self) -> bool {
        match self {
            Value::Money(_) | Value::Integer(_) => true,
            Value::Text(text) => text.ends_with('%'),
            Value::Date(_) => false,
        }
    }
}

/// A number with thousands separators.
fn grouped(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("-", digits));
    let (whole, fraction) =
        digits.split_once('.').map_or((digits, ""), |(whole, fraction)| (whole, fraction));
    let mut text = sign.to_owned();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

#[cfg(test)]
mod tests {
    use bangfu_domain::money::Fen;

    use super::*;

    #[test]
    fn numbers_are_read_with_separators() {
        assert_eq!(Value::Money(Fen::new(123_456_789)).said(), "1,234,567.89");
        assert_eq!(Value::Money(Fen::new(-5)).said(), "-0.05");
        assert_eq!(Value::Integer(-1_234).said(), "-1,234");
        assert_eq!(Value::Integer(123).said(), "123");
    }
}
