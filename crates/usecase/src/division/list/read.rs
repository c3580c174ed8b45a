//! Lines of a list, held against what a county's list must be: every fault is told, not only the first.

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::division::compare::Listed;
use bangfu_domain::division::{Called, Level};
use bangfu_sheets::divisions::DivisionLine;
use jiff::civil::Date;

use crate::division::change::NAME_MAX;

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineFaultKind {
    /// The code has not twelve digits.
    Code,
    /// No name, or too long a one.
    Name,
    /// The level is none of the five words.
    Level,
    /// The place in which it lies is not in the list, or of no wider level.
    Parent,
    /// A line before bears the same code at the same level.
    Twice,
    /// The county is not in the list under its code, or nothing lies in it.
    County,
}

impl LineFaultKind {
    /// The key of its text.
    pub const fn key(self) -> &'static str {
        match self {
            LineFaultKind::Code => "code",
            LineFaultKind::Name => "name",
            LineFaultKind::Level => "level",
            LineFaultKind::Parent => "parent",
            LineFaultKind::Twice => "twice",
            LineFaultKind::County => "county",
        }
    }
}

/// A line that cannot be taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFault {
    /// Its number in the file, counted from 1; none where the list as a whole is meant.
    pub line: Option<usize>,
    /// What is wrong.
    pub kind: LineFaultKind,
    /// The value.
    pub value: String,
}

/// The townships and villages of a county in a list that hold on a day.
pub(super) fn read(
    lines: &[DivisionLine],
    county: &Called,
    day: Date,
) -> Result<Vec<Listed>, Vec<LineFault>> {
    let holds = |line: &&DivisionLine| {
        line.valid_from.is_none_or(|from| from <= day) && line.valid_to.is_none_or(|to| day <= to)
    };
    let lines: Vec<&DivisionLine> = lines.iter().filter(holds).collect();
    let mut faults = Vec::new();
    let mut levels: BTreeMap<&str, BTreeSet<Level>> = BTreeMap::new();
    for line in &lines {
        let mut fault = |kind, value: &str| {
            faults.push(LineFault { line: Some(line.line), kind, value: value.to_owned() });
        };
        if line.code.len() != 12 || !line.code.bytes().all(|byte| byte.is_ascii_digit()) {
            fault(LineFaultKind::Code, &line.code);
        }
        let length = line.name.chars().count();
        if length == 0 || length > NAME_MAX {
            fault(LineFaultKind::Name, &line.name);
        }
        match Level::from_key(&line.level) {
            None => fault(LineFaultKind::Level, &line.level),
            Some(level) => {
                if !levels.entry(&line.code).or_default().insert(level) {
                    fault(LineFaultKind::Twice, &line.code);
                }
            }
        }
    }
    let mut own = Vec::new();
    for line in &lines {
        let Some(level) = Level::from_key(&line.level).filter(|level| *level > Level::County) else {
            continue;
        };
        let wider = levels.get(line.parent.as_str());
        let in_wider = |wanted: Level| wider.is_some_and(|levels| levels.contains(&wanted));
        let is_sound = in_wider(if level == Level::Village { Level::Township } else { Level::County });
        if !is_sound {
            let value = line.parent.clone();
            faults.push(LineFault { line: Some(line.line), kind: LineFaultKind::Parent, value });
        }
        own.push((level, *line));
    }
    let townships: BTreeSet<&str> = own
        .iter()
        .filter(|(level, line)| *level == Level::Township && line.parent == county.code)
        .map(|(_, line)| line.code.as_str())
        .collect();
    if townships.is_empty() && faults.is_empty() {
        let value = format!("{} {}", county.code, county.name);
        faults.push(LineFault { line: None, kind: LineFaultKind::County, value });
    }
    if !faults.is_empty() {
        faults.sort_by_key(|fault| fault.line);
        return Err(faults);
    }
    let lies_here = |(level, line): &(Level, &DivisionLine)| match level {
        Level::Township => townships.contains(line.code.as_str()),
        _ => townships.contains(line.parent.as_str()),
    };
    let listed = own.into_iter().filter(lies_here).map(|(level, line)| Listed {
        line: line.line,
        level,
        code: line.code.clone(),
        name: line.name.clone(),
        parent: line.parent.clone(),
        replaces: line.replaces.clone(),
    });
    Ok(listed.collect())
}
