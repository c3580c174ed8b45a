//! What a header's texts say: names, groups above them, units below them.

use bangfu_domain::text::squeeze;

use super::Header;
use crate::book::{Cell, Sheet};
use crate::cell::{self, Unit};

/// True for a row of several different short texts and nothing else: groups such as 贷款信息, 还款情况.
pub(crate) fn is_group_row(sheet: &Sheet, row: usize) -> bool {
    let mut texts: Vec<String> = Vec::new();
    for cell in &sheet.rows[row] {
        match cell {
            Cell::Empty => {}
            Cell::Text(text) => {
                let text = squeeze(text);
                if text.chars().count() > 12
                    || text.contains(':')
                    || matches!(cell::date_of(cell), Ok(Some(_)))
                {
                    return false;
                }
                if !texts.contains(&text) {
                    texts.push(text);
                }
            }
            _ => return false,
        }
    }
    texts.len() >= 2
}

/// The number in a cell that counts columns: 3, (3), 丙.
pub(crate) fn count_of(text: &str) -> Option<usize> {
    let bare = text.trim_matches(['(', ')', '.', '列', '栏']);
    bare.parse().ok().or_else(|| "甲乙丙丁戊己庚辛壬癸".chars().position(|c| bare == c.to_string()))
}

/// True for a text that states a unit and names nothing.
pub(crate) fn is_unit(text: &str) -> bool {
    let bare = text.trim_matches(['(', ')', '[', ']', '【', '】']);
    ["万元", "元", "%", "‰", "月", "个月", "年", "人", "户", "万", "天", "单位"].contains(&bare)
}

/// The lowest text of a column within rows that is more than a unit, without line breaks.
pub(crate) fn nearest(sheet: &Sheet, first: usize, last: usize, index: usize) -> String {
    let texts: Vec<String> =
        (first..=last).rev().filter_map(|row| sheet.rows[row].get(index).and_then(shown)).collect();
    let named = texts.iter().find(|text| !is_unit(&squeeze(text)) && count_of(&squeeze(text)).is_none());
    named.or_else(|| texts.first()).cloned().unwrap_or_default()
}

/// A header's text as reports name it: without line breaks.
pub(crate) fn shown(cell: &Cell) -> Option<String> {
    let text: String = cell::text(cell)?.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    Some(text.trim().to_owned())
}

/// What a group adds to the names below it: 姓名 below 借款人信息 is 借款人姓名.
const GROUP_ENDINGS: [&str; 8] = ["基本信息", "基本情况", "详细信息", "信息", "情况", "明细", "部分", "资料"];

/// The groups above a column's name, the nearest first.
pub(crate) fn groups_above(
    sheet: &Sheet,
    first: usize,
    last: usize,
    index: usize,
    name: &str,
) -> Vec<String> {
    let mut groups = Vec::new();
    for row in (first..=last).rev() {
        let Some(text) = sheet.rows[row].get(index).and_then(shown) else { continue };
        let group = normal(&text);
        if text != name && !group.is_empty() && !is_unit(&squeeze(&text)) {
            let bare = GROUP_ENDINGS.iter().find_map(|ending| group.strip_suffix(ending)).unwrap_or(&group);
            groups.push(bare.to_owned());
        }
    }
    groups
}

/// The texts of a column's header, squeezed, the lowest first.
pub(crate) fn units_of(sheet: &Sheet, first: usize, last: usize, index: usize) -> Vec<String> {
    let texts = (first..=last).rev().filter_map(|row| sheet.rows[row].get(index).and_then(cell::text));
    texts.map(|text| squeeze(&text)).collect()
}

/// The unit of money that a header text states.
pub(crate) fn money_unit(text: &str) -> Option<Unit> {
    let ten_thousand =
        text.contains("万元") || text.contains("(万)") || text.contains("[万]") || text == "万";
    if ten_thousand {
        return Some(Unit::TenThousandYuan);
    }
    let yuan = ["(元)", "[元]", "【元】", "单位:元", "/元", ",元"].iter().any(|word| text.contains(word));
    (yuan || text == "元").then_some(Unit::Yuan)
}

/// A header text as names are compared: without blanks, brackets and what stands in them, numbering and unit.
pub(crate) fn normal(text: &str) -> String {
    let text = squeeze(text);
    let text = text.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches(['.', '、', ')']);
    let mut name = String::with_capacity(text.len());
    let mut depth = 0_u32;
    for c in text.chars() {
        match c {
            '(' | '[' | '【' | '〔' | '{' | '《' => depth += 1,
            ')' | ']' | '】' | '〕' | '}' | '》' => depth = depth.saturating_sub(1),
            '*' | ':' | '/' | '、' | '_' | '-' | '"' | '\'' | ',' | '★' | '※' | '?' => {}
            c if depth == 0 => name.push(c),
            _ => {}
        }
    }
    let bare = name.trim_end_matches(['%', '‰']).trim_end_matches("单位");
    let bare = bare.trim_end_matches("万元").trim_end_matches('元');
    // A text that is all in brackets or all unit names nothing.
    bare.to_owned()
}

/// What ends the unit in a text that states it: 单位：万元、户, 单位：元 截至….
const UNIT_ENDS: [char; 14] = ['、', ',', ';', '/', '(', ')', '[', ']', '。', '截', '统', '制', '填', '数'];

/// The unit of money that a row above a header states: 单位：万元, or `loosely` 台账（万元） as well.
pub(crate) fn title_unit(cells: &[Cell], loosely: bool) -> Option<Unit> {
    let texts = cells.iter().filter_map(Cell::written).filter(|text| text.contains(['元', '万']));
    texts.map(squeeze).find_map(|text| {
        let stated = text.split("单位:").skip(1).find_map(|rest| {
            rest.split(|c: char| c.is_ascii_digit() || UNIT_ENDS.contains(&c)).find_map(unit_of)
        });
        let bracketed = || match (text.contains("(万元)"), text.contains("(元)")) {
            (true, false) => Some(Unit::TenThousandYuan),
            (false, true) => Some(Unit::Yuan),
            _ => None,
        };
        stated.or_else(|| bracketed().filter(|_| loosely))
    })
}

/// The unit of money that a word behind 单位 is: 填报单位：开元村 names none.
fn unit_of(word: &str) -> Option<Unit> {
    let word = word.strip_prefix("人民币").unwrap_or(word);
    let short = word.chars().count() <= 12;
    if word == "万" || short && (word.starts_with("万元") || word.ends_with("万元")) {
        return Some(Unit::TenThousandYuan);
    }
    (word == "元").then_some(Unit::Yuan)
}

/// The unit that the money columns with a stated unit agree on: what says nothing beside them follows them.
pub(crate) fn common_unit(header: &Header, sums: &[&str]) -> Option<Unit> {
    let mut units = sums.iter().filter_map(|key| header.columns.get(key)?.unit);
    let first = units.next()?;
    units.all(|unit| unit == first).then_some(first)
}
