//! What a row is: a record, or one of the rows that stand between, above and below records.

use bangfu_domain::text::squeeze;

use crate::book::{Cell, Sheet};
use crate::cell::{self, Unit};
use crate::header::Header;
use crate::names;
use crate::row::Shape;
use crate::sums::Reach;

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowKind {
    /// A record, sound or not.
    Record,
    /// Nothing, but for what merged cells and forms numbered in advance leave.
    Blank,
    /// The header, as printed pages repeat it.
    Header,
    /// A title, as printed pages repeat it, or the heading of a part.
    Title,
    /// A sum.
    Sum(Reach),
    /// Signatures and notes.
    Signature,
}

/// Columns in which people write sentences: what stands there does not tell what a row is.
pub(crate) const PROSE: &[&str] = &["note", "memo", "purpose", "enterprise"];

/// A longer text that says 合计 is prose.
const SUM_WORD_MAX: usize = 20;

const SIGNED: [&str; 30] = [
    "填表",
    "审核",
    "制表",
    "填报",
    "负责人",
    "经办",
    "复核",
    "联系人",
    "签字",
    "签名",
    "盖章",
    "公章",
    "统计员",
    "法定代表人",
    "打印",
    "报送",
    "上报",
    "会计",
    "出纳",
    "审批",
    "核对",
    "校对",
    "信息员",
    "分管领导",
    "签章",
    "联系电话",
    "单位",
    "日期",
    "制单",
    "操作员",
];

const NOTED: [&str; 12] =
    ["注", "说明", "备注", "填表说明", "以下空白", "此页无", "数据来源", "以上", "其中", "※", "★", "*"];

/// Tells rows of one sheet apart.
pub(crate) struct Rows<'a> {
    sheet: &'a Sheet,
    header: &'a Header,
    shape: &'a Shape,
    titles: Vec<String>,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(sheet: &'a Sheet, header: &'a Header, shape: &'a Shape) -> Rows<'a> {
        let titles = sheet.rows[header.start..header.first].iter().flatten().filter_map(cell::text);
        Rows { sheet, header, shape, titles: titles.map(|text| squeeze(&text)).collect() }
    }

    /// What a row is.
    pub(crate) fn kind(&self, cells: &[Cell]) -> RowKind {
        // Nearly every row of a long file: it need not be looked at any further.
        if self.is_numbered(cells) {
            return RowKind::Record;
        }
        let filled: Vec<(usize, String)> = cells
            .iter()
            .enumerate()
            .filter(|(_, cell)| !is_nothing(cell))
            .filter_map(|(index, cell)| Some((index, squeeze(&cell::text(cell)?))))
            .filter(|(_, text)| !text.is_empty())
            .collect();
        if filled.is_empty() {
            return RowKind::Blank;
        }
        if self.is_header(&filled) {
            return RowKind::Header;
        }
        let strong = self.has_record(cells);
        let one_text = filled.iter().all(|(_, text)| *text == filled[0].1);
        let sum = filled
            .iter()
            .filter(|(index, _)| !self.in_columns(*index, PROSE))
            .filter_map(|(_, text)| reach_of(text))
            .max();
        if let Some(reach) = sum.filter(|_| !strong) {
            return RowKind::Sum(reach);
        }
        if one_text && (filled.len() > 1 || !self.speaks(filled[0].0, &filled[0].1)) {
            return self.of_one_text(&filled);
        }
        if strong {
            return RowKind::Record;
        }
        let of_sums = |index: usize| self.in_columns(index, self.shape.sums);
        if filled.iter().all(|(index, _)| of_sums(*index)) {
            return RowKind::Sum(Reach::Whole);
        }
        // 其中：农商银行 with its part of a sum.
        let beside = |(index, text): &&(usize, String)| !of_sums(*index) && !self.is_place(*index, text);
        if filled.iter().any(|(index, _)| of_sums(*index))
            && filled.iter().filter(beside).all(|(index, text)| is_label(text) || !self.speaks(*index, text))
            && filled.iter().any(|one| beside(&one))
        {
            return RowKind::Signature;
        }
        let content = filled.iter().any(|(index, text)| !self.is_place(*index, text));
        let evidence = filled.iter().any(|(index, text)| self.speaks(*index, text));
        match (content, evidence) {
            (false, _) => RowKind::Blank,
            (true, false) => RowKind::Signature,
            (true, true) if self.is_signed(&filled) => RowKind::Signature,
            (true, true) => RowKind::Record,
        }
    }

    /// True for 填表人：张三 and the like. What people write in a note (联系电话：…) signs nothing, and whoever has a
    /// name and an amount is somebody's record.
    fn is_signed(&self, filled: &[(usize, String)]) -> bool {
        let within = |keys: &[&str]| {
            filled.iter().any(|(index, text)| self.in_columns(*index, keys) && self.speaks(*index, text))
        };
        let amount = filled.iter().any(|(index, text)| {
            self.in_columns(*index, self.shape.sums) && !is_label(text) && text.contains(is_digit)
        });
        if within(self.shape.names) && amount {
            return false;
        }
        let mut said = filled.iter().filter(|(index, _)| !self.in_columns(*index, PROSE));
        said.clone().any(|(_, text)| is_label(text))
            && said.any(|(_, text)| SIGNED.iter().any(|word| text.contains(word)))
    }

    /// A row whose cells all say the same, as merged ones do, or that has one cell only.
    fn of_one_text(&self, filled: &[(usize, String)]) -> RowKind {
        let text = &filled[0].1;
        let numbered = text.split(['、', '.']).next().is_some_and(|start| start.chars().all(is_numeral));
        if filled.iter().all(|(index, text)| self.is_place(*index, text)) {
            RowKind::Blank
        } else if self.titles.contains(text) || (numbered && text.chars().count() <= 12) {
            RowKind::Title
        } else if SIGNED.iter().chain(&NOTED).any(|word| text.contains(word)) || numbered {
            RowKind::Signature
        } else {
            RowKind::Title
        }
    }

    /// True if the row has an identity number, and something beside it that says something else.
    fn is_numbered(&self, cells: &[Cell]) -> bool {
        self.identity_numbers(cells).any(|number| {
            let other = |cell: &Cell| {
                !is_nothing(cell) && cell::text(cell).is_some_and(|text| differs(&text, &number))
            };
            number.chars().any(|c| matches!(c, '1'..='9')) && cells.iter().any(other)
        })
    }

    /// What looks like identity numbers where they belong.
    fn identity_numbers(&self, cells: &[Cell]) -> impl Iterator<Item = String> {
        self.shape.identities.iter().filter_map(|key| self.at(key, cells).and_then(cell::text)).filter(
            |text| {
                text.chars().filter(char::is_ascii_digit).count().max(exponent(text)) >= 10 && !is_label(text)
            },
        )
    }

    fn at<'c>(&self, key: &str, cells: &'c [Cell]) -> Option<&'c Cell> {
        self.header.columns.get(key).and_then(|column| cells.get(column.index))
    }

    /// True if the row has what only records have: an identity number, or a key of each kind that reads.
    fn has_record(&self, cells: &[Cell]) -> bool {
        let read = |key: &&&str| self.at(key, cells).is_some_and(|cell| self.reads(key, cell));
        let keys = self.shape.keys;
        self.identity_numbers(cells).next().is_some() || keys.iter().filter(read).count() == keys.len()
    }

    fn reads(&self, key: &str, cell: &Cell) -> bool {
        let Some(text) = cell::text(cell).filter(|_| !is_nothing(cell)) else { return false };
        if self.shape.sums.contains(&key) {
            return !matches!(cell::amount(cell, Unit::Yuan), Ok(None)) && !is_label(&text);
        }
        if names::is_day(key) {
            return !is_label(&text);
        }
        !is_label(&text) && reach_of(&squeeze(&text)).is_none()
    }

    /// True if a cell holds what only a record would have there: a name below a name, a number below a number.
    fn speaks(&self, index: usize, text: &str) -> bool {
        let named = self.in_columns(index, self.shape.names);
        if !self.in_columns(index, self.shape.evidence) || is_label(text) {
            return false;
        }
        let name = text.chars().all(|c| c.is_alphabetic() || c == '·') && text.chars().count() <= 8;
        let word =
            SIGNED.iter().chain(&NOTED).any(|word| text.contains(word)) || ["计", "平均"].contains(&text);
        if named { name && !word } else { text.chars().any(|c| c.is_ascii_digit()) || name && !word }
    }

    fn in_columns(&self, index: usize, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.header.columns.get(key).is_some_and(|column| column.index == index))
    }

    /// True for what merged cells and forms numbered in advance leave although nobody has written a record.
    fn is_place(&self, index: usize, text: &str) -> bool {
        let counted = text.bytes().all(|byte| byte.is_ascii_digit());
        self.in_columns(index, self.shape.places) || (counted && self.in_columns(index, &["ordinal"]))
    }

    /// True if the row repeats a row of the header.
    fn is_header(&self, filled: &[(usize, String)]) -> bool {
        (self.header.first..=self.header.last).any(|row| {
            let above = |index: usize| self.sheet.rows[row].get(index).and_then(cell::text);
            let same =
                filled.iter().filter(|(i, text)| above(*i).is_some_and(|t| squeeze(&t) == *text)).count();
            same >= 2 && same * 2 > filled.len()
        })
    }
}

/// True for a cell that is empty, a dash, or a bare zero: formulas drawn down below the last record leave zeros.
fn is_nothing(cell: &Cell) -> bool {
    cell::text(cell).is_none_or(|text| {
        text.bytes().all(|byte| matches!(byte, b'0' | b'.')) || text.chars().all(|c| "/-—－–\\".contains(c))
    })
}

/// True if two texts say different things, however they are spaced.
fn differs(one: &str, other: &str) -> bool {
    one != other && squeeze(one) != squeeze(other)
}

/// How many digits a number has of which a spreadsheet shows the power of ten only.
fn exponent(text: &str) -> usize {
    text.split_once("E+")
        .or_else(|| text.split_once("e+"))
        .and_then(|(_, power)| power.parse().ok())
        .unwrap_or(0)
}

/// The reach of the sum that a text announces.
fn reach_of(text: &str) -> Option<Reach> {
    if text.chars().count() > SUM_WORD_MAX {
        return None;
    }
    let words = [
        (Reach::All, &["总计"][..]),
        (Reach::Whole, &["合计", "共计", "汇总"][..]),
        (Reach::Part, &["小计"][..]),
    ];
    let said = words.into_iter().find(|(_, words)| words.iter().any(|word| text.contains(word)));
    said.map(|(reach, _)| reach).or_else(|| match text {
        "累计" | "计" => Some(Reach::Whole),
        _ => {
            ["镇计", "乡计", "村计", "街道计"].iter().any(|word| text.ends_with(word)).then_some(Reach::Part)
        }
    })
}

/// True for 填表人：, 日期：2019年5月6日 and the like: words before a colon, which is no time of day.
fn is_label(text: &str) -> bool {
    let text = squeeze(text);
    text.split_once(':').is_some_and(|(label, _)| {
        label.chars().count() >= 2 && !label.ends_with(|c: char| c.is_ascii_digit())
    }) || text.starts_with("注:")
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || "一二三四五六七八九十()".contains(c)
}
