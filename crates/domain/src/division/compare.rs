//! A county's places held against an official list (统计用区划代码): which line is which place. What is not certain is
//! left for a person to decide.

use std::collections::{BTreeMap, BTreeSet};

use super::{Level, township_core, village_core};
use crate::text::squeeze;

/// A township or village of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its line in the file, counted from 1.
    pub line: usize,
    /// Township or village.
    pub level: Level,
    /// 12 digits.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The code of the township in which a village lies.
    pub parent: String,
    /// The code that it bore before, where the list says so.
    pub replaces: String,
}

/// A township or village as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The division.
    pub division_id: i64,
    /// Township or village.
    pub level: Level,
    /// 12 digits.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The place in which it lies.
    pub parent_id: Option<i64>,
}

/// What a person decided of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is a new place.
    New,
    /// It is this one.
    Is(i64),
}

/// What a line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// A place that stands, whatever it is called now.
    Is(i64),
    /// A new place.
    New,
    /// One of these, or a new one: nothing says which.
    Uncertain(Vec<i64>),
}

/// A list held against what stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compared {
    /// What each line is, by its number.
    pub lines: BTreeMap<usize, Fate>,
    /// The places that the list does not have.
    pub gone: Vec<i64>,
}

/// Holds a list against what stands, with what a person decided by line.
pub fn compare(standing: &[Standing], lines: &[Listed], decided: &BTreeMap<usize, Decision>) -> Compared {
    let mut compared = Compared::default();
    for level in [Level::Township, Level::Village] {
        let mut floor = Floor {
            townships: lines
                .iter()
                .filter(|line| line.level == Level::Township)
                .filter_map(|line| match compared.lines.get(&line.line) {
                    Some(Fate::Is(id)) => Some((line.code.as_str(), *id)),
                    _ => None,
                })
                .collect(),
            places: standing.iter().filter(|place| place.level == level).collect(),
            lines: lines.iter().filter(|line| line.level == level).collect(),
            found: &mut compared.lines,
        };
        floor.decide(decided);
        floor.pair(|place, line, _| !line.replaces.is_empty() && place.code == line.replaces);
        floor.pair(|place, line, _| place.code == line.code && same(&place.name, &line.name));
        floor.pair(|place, line, beside| beside && same(&place.name, &line.name));
        floor.pair(|place, line, _| {
            place.code == line.code && core(place.level, &place.name) == core(line.level, &line.name)
        });
        let gone = floor.uncertain();
        compared.gone.extend(gone);
    }
    compared
}

fn same(one: &str, other: &str) -> bool {
    squeeze(one) == squeeze(other)
}

fn core(level: Level, name: &str) -> String {
    let name = squeeze(name);
    let core = if level == Level::Township { township_core(&name) } else { village_core(&name) };
    core.to_owned()
}

/// The places and lines of one level that are not yet paired.
struct Floor<'a> {
    /// The townships of the list that stand, by their codes in the list.
    townships: BTreeMap<&'a str, i64>,
    places: Vec<&'a Standing>,
    lines: Vec<&'a Listed>,
    found: &'a mut BTreeMap<usize, Fate>,
}

impl Floor<'_> {
    fn decide(&mut self, decided: &BTreeMap<usize, Decision>) {
        let (places, found) = (&mut self.places, &mut *self.found);
        self.lines.retain(|line| match decided.get(&line.line) {
            Some(Decision::New) => {
                found.insert(line.line, Fate::New);
                false
            }
            Some(Decision::Is(id)) => {
                // A place is one line, and what does not stand is none.
                let Some(at) = places.iter().position(|place| place.division_id == *id) else { return true };
                places.remove(at);
                found.insert(line.line, Fate::Is(*id));
                false
            }
            None => true,
        });
    }

    /// Pairs what a rule holds for one and the same if it does for one place and one line alone. The rule is also told
    /// whether both lie in the same place.
    fn pair(&mut self, rule: impl Fn(&Standing, &Listed, bool) -> bool) {
        let beside = |place: &Standing, line: &Listed| match line.level {
            Level::Village => {
                let township = self.townships.get(line.parent.as_str());
                township.is_some() && township.copied() == place.parent_id
            }
            _ => true,
        };
        let holds = |place: &Standing, line: &Listed| rule(place, line, beside(place, line));
        let mut pairs = Vec::new();
        for line in &self.lines {
            let mut places = self.places.iter().filter(|place| holds(place, line));
            let (Some(place), None) = (places.next(), places.next()) else { continue };
            if self.lines.iter().filter(|other| holds(place, other)).count() == 1 {
                pairs.push((line.line, place.division_id));
            }
        }
        for (line, id) in pairs {
            self.lines.retain(|one| one.line != line);
            self.places.retain(|one| one.division_id != id);
            self.found.insert(line, Fate::Is(id));
        }
    }

    /// What is left: lines that may be one of the places left, and lines that are none; the places that no line can be.
    fn uncertain(self) -> Vec<i64> {
        let mut meant = BTreeSet::new();
        for line in &self.lines {
            let like = |place: &&&Standing| {
                place.code == line.code || core(place.level, &place.name) == core(line.level, &line.name)
            };
            let like: Vec<i64> = self.places.iter().filter(like).map(|place| place.division_id).collect();
            meant.extend(like.iter().copied());
            let fate = if like.is_empty() { Fate::New } else { Fate::Uncertain(like) };
            self.found.insert(line.line, fate);
        }
        let left = self.places.iter().map(|place| place.division_id);
        left.filter(|id| !meant.contains(id)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(division_id: i64, code: &str, name: &str, parent_id: i64) -> Standing {
        let level = if parent_id == 1 { Level::Township } else { Level::Village };
        Standing {
            division_id,
            level,
            code: code.to_owned(),
            name: name.to_owned(),
            parent_id: Some(parent_id),
        }
    }

    fn line(line: usize, code: &str, name: &str, parent: &str) -> Listed {
        let level = if parent.is_empty() { Level::Township } else { Level::Village };
        let replaces = String::new();
        Listed {
            line,
            level,
            code: code.to_owned(),
            name: name.to_owned(),
            parent: parent.to_owned(),
            replaces,
        }
    }

    fn stands() -> Vec<Standing> {
        vec![
            place(10, "T1", "白石渡镇", 1),
            place(20, "T2", "玉溪镇", 1),
            place(11, "T1-1", "白石渡村委会", 10),
            place(12, "T1-2", "大村村委会", 10),
            place(13, "T1-3", "老街村委会", 10),
            place(21, "T2-1", "城北社区居委会", 20),
        ]
    }

    #[test]
    fn what_is_certain_is_told_and_the_rest_left_to_people() {
        let lines = [
            line(2, "T1", "白石渡街道", ""),
            line(3, "T2", "玉溪镇", ""),
            // Another code under the same name, another form of the name, a new place.
            line(4, "T1-9", "白石渡村委会", "T1"),
            line(5, "T1-2", "大村村民委员会", "T1"),
            line(6, "T1-7", "新村村委会", "T1"),
            // Elsewhere under the same name.
            line(7, "T2-5", "老街村委会", "T2"),
        ];
        let compared = compare(&stands(), &lines, &BTreeMap::new());
        let fate = |line| compared.lines[&line].clone();
        assert_eq!((fate(2), fate(3)), (Fate::Is(10), Fate::Is(20)));
        assert_eq!((fate(4), fate(5), fate(6)), (Fate::Is(11), Fate::Is(12), Fate::New));
        assert_eq!(fate(7), Fate::Uncertain(vec![13]));
        assert_eq!(compared.gone, [21]);
        let moved = compare(&stands(), &lines, &BTreeMap::from([(7, Decision::Is(13))]));
        assert_eq!(moved.lines[&7], Fate::Is(13));
        let new = compare(&stands(), &lines, &BTreeMap::from([(7, Decision::New)]));
        assert_eq!((&new.lines[&7], new.gone.as_slice()), (&Fate::New, &[13, 21][..]));
    }

    #[test]
    fn what_the_list_says_of_a_code_before_is_believed_and_a_code_alone_is_not() {
        let mut lines = vec![line(2, "T1", "白石渡镇", ""), line(3, "T1-1", "别的村委会", "T1")];
        let compared = compare(&stands(), &lines, &BTreeMap::new());
        assert_eq!(compared.lines[&3], Fate::Uncertain(vec![11]), "the code alone does not say so");
        lines[1].replaces = "T1-3".to_owned();
        assert_eq!(compare(&stands(), &lines, &BTreeMap::new()).lines[&3], Fate::Is(13));
    }
}
