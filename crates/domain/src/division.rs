//! Administrative divisions (行政区划): levels, and finding a village by the name that a book gives it.

mod called;
pub mod compare;
mod succession;

use serde::{Deserialize, Serialize};

use crate::text::squeeze;

pub use called::{Borne, Called, Codes};
pub use succession::Succession;

/// The level of a division.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// 省级.
    Province,
    /// 地级.
    City,
    /// 县级.
    County,
    /// 乡级.
    Township,
    /// 村级: villages and urban communities.
    Village,
}

impl Level {
    /// Every level, from the widest.
    pub const ALL: [Level; 5] =
        [Level::Province, Level::City, Level::County, Level::Township, Level::Village];

    /// The number under which it is stored: 1 for a province to 5 for a village.
    pub const fn code(self) -> i64 {
        self as i64 + 1
    }

    /// The level stored under a number.
    pub fn from_code(code: i64) -> Option<Level> {
        Self::ALL.into_iter().find(|level| level.code() == code)
    }

    /// The word in division files and addresses.
    pub const fn key(self) -> &'static str {
        match self {
            Level::Province => "province",
            Level::City => "city",
            Level::County => "county",
            Level::Township => "township",
            Level::Village => "village",
        }
    }

    /// The level with that word.
    pub fn from_key(key: &str) -> Option<Level> {
        Self::ALL.into_iter().find(|level| level.key() == key)
    }
}

/// What the last three digits of a village's code make it (统计用区划代码的编制规则): 001–199 a residents' committee
/// (居委会), 200–399 a villagers' committee (村委会).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VillageKind {
    /// An administrative village (建制村).
    Village,
    /// An urban community (社区).
    Community,
    /// Neither, or no village's code.
    Other,
}

impl VillageKind {
    /// The kind of the place that bears a 12-digit code.
    pub fn of_code(code: &str) -> VillageKind {
        let part = code.get(9..12).and_then(|part| part.parse::<u16>().ok());
        match part {
            Some(1..=199) => VillageKind::Community,
            Some(200..=399) => VillageKind::Village,
            _ => VillageKind::Other,
        }
    }
}

/// A place that a name may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its division id.
    pub division_id: i64,
    /// Its name in the division list.
    pub name: String,
}

/// What a name means among candidates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameMatch {
    /// This one.
    One(i64),
    /// Several: these.
    Several(Vec<i64>),
    /// None of them.
    None,
}

impl NameMatch {
    /// This, or, where nothing was found, what else is.
    pub fn or_else(self, other: impl FnOnce() -> NameMatch) -> NameMatch {
        if self == NameMatch::None { other() } else { self }
    }
}

const COMMUNITY_ENDINGS: [&str; 4] = ["社区居民委员会", "社区居委会", "居委会", "社区"];
const VILLAGE_ENDINGS: [&str; 3] = ["村民委员会", "村委会", "村"];
const TOWNSHIP_ENDINGS: [&str; 6] = ["街道办事处", "街道办", "街道", "办事处", "镇", "乡"];

/// Whether a name says that it is a village, a community, or neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bare,
    Village,
    Community,
}

/// The kind that a name states, and the name without the ending that states it.
fn split(name: &str) -> (Kind, &str) {
    let strip = |endings: &[&str]| {
        endings.iter().find_map(|ending| name.strip_suffix(ending).filter(|core| !core.is_empty()))
    };
    // 居民委员会 without 社区 before it is a community's as well.
    if let Some(core) = strip(&COMMUNITY_ENDINGS).or_else(|| strip(&["居民委员会"])) {
        return (Kind::Community, core);
    }
    match strip(&VILLAGE_ENDINGS) {
        Some(core) => (Kind::Village, core),
        None => (Kind::Bare, name),
    }
}

/// Finds a village by name among those of its township.
///
/// Exactly first; then with one of 村, 村委会, 村民委员会, 社区, 居委会, 社区居委会 added or removed. A bare name
/// or one with 村 or 村委会 means the village where a community shares the name, and the community where no
/// village does. A name that says it is a community is no village's.
pub fn match_village(name: &str, candidates: &[Candidate]) -> NameMatch {
    let name = squeeze(name);
    let name = name.as_str();
    let (kind, core) = split(name);
    // 老街村居委会 is 老街村 before it is anything of 老街.
    for whole in [Some(name), Some(core).filter(|core| split(core).0 != Kind::Bare)].into_iter().flatten() {
        if let Some(found) = unique(candidates.iter().filter(|candidate| squeeze(&candidate.name) == whole)) {
            return found;
        }
    }
    // 大村 is first the village 大村村, and only then 大 with an ending.
    for bare in [name, core] {
        let alike = candidates.iter().filter(|candidate| split(&candidate.name).1 == bare);
        let of_kind = |kinds: &[Kind]| {
            unique(alike.clone().filter(|candidate| kinds.contains(&split(&candidate.name).0)))
        };
        let found = if kind == Kind::Community && bare != name {
            of_kind(&[Kind::Community, Kind::Bare])
        } else {
            of_kind(&[Kind::Village, Kind::Bare]).or_else(|| of_kind(&[Kind::Community]))
        };
        if let Some(found) = found {
            return found;
        }
    }
    NameMatch::None
}

/// Finds a township by name among those of its county: exactly, then with 镇, 乡, 街道 … added or removed, then
/// with the county's name before it.
pub fn match_township(name: &str, candidates: &[Candidate]) -> NameMatch {
    let name = squeeze(name);
    let name = name.as_str();
    if let Some(found) = unique(candidates.iter().filter(|candidate| squeeze(&candidate.name) == name)) {
        return found;
    }
    let core = township_core(name);
    let alike = candidates.iter().filter(|candidate| township_core(&candidate.name) == core);
    let within = candidates.iter().filter(|candidate| {
        let place = name.find(candidate.name.as_str());
        // 兰考县堌阳镇, 堌阳镇人民政府.
        place.is_some_and(|at| name[..at].is_empty() || name[..at].ends_with(['县', '市', '区', '旗']))
    });
    unique(alike).or_else(|| unique(within)).unwrap_or(NameMatch::None)
}

/// A township's name without what kind of township it is: 莽山瑶族乡 and 莽山乡 share 莽山.
pub fn township_core(name: &str) -> &str {
    let strip = |name: &mut &str, endings: &[&str]| {
        let core = endings.iter().find_map(|end| name.strip_suffix(end).filter(|core| !core.is_empty()));
        *name = core.unwrap_or(name);
    };
    let mut core = name;
    strip(&mut core, &["人民政府", "政府"]);
    strip(&mut core, &TOWNSHIP_ENDINGS);
    strip(&mut core, &PEOPLES);
    core
}

/// What the names of townships of minorities have before 乡.
const PEOPLES: [&str; 11] =
    ["瑶族", "土家族", "苗族", "侗族", "回族", "畲族", "彝族", "壮族", "满族", "蒙古族", "民族"];

fn unique<'a>(found: impl Iterator<Item = &'a Candidate>) -> Option<NameMatch> {
    let found: Vec<&Candidate> = found.collect();
    let mut ids: Vec<i64> = Vec::with_capacity(found.len());
    for candidate in found {
        // A place that bore several names is one.
        if !ids.contains(&candidate.division_id) {
            ids.push(candidate.division_id);
        }
    }
    match ids.as_slice() {
        [] => None,
        [one] => Some(NameMatch::One(*one)),
        _ => Some(NameMatch::Several(ids)),
    }
}

/// A village's name without what says that it is one: what names of villages are compared by.
pub fn village_core(name: &str) -> &str {
    split(name).1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(names: &[&str]) -> Vec<Candidate> {
        (1..)
            .zip(names)
            .map(|(division_id, name)| Candidate { division_id, name: (*name).to_owned() })
            .collect()
    }

    #[test]
    fn a_code_tells_villages_from_communities() {
        for (code, kind) in [
            ("431022101001", VillageKind::Community),
            ("431022101199", VillageKind::Community),
            ("431022101200", VillageKind::Village),
            ("431022101399", VillageKind::Village),
            ("431022101400", VillageKind::Other),
            ("431022101000", VillageKind::Other),
            ("431022", VillageKind::Other),
        ] {
            assert_eq!(VillageKind::of_code(code), kind, "{code}");
        }
    }

    #[test]
    fn a_village_is_found_under_each_of_its_names() {
        let places = candidates(&["白石渡村民委员会", "巩桥村委会", "大村村", "城关社区居委会"]);
        for (name, id) in [
            ("白石渡", 1),
            ("白石渡村", 1),
            ("白石渡村委会", 1),
            (" 巩 桥 村", 2),
            ("大村", 3),
            ("大村村委会", 3),
            ("城关", 4),
            ("城关社区", 4),
            ("城关居委会", 4),
        ] {
            assert_eq!(match_village(name, &places), NameMatch::One(id), "{name}");
        }
    }

    #[test]
    fn a_bare_name_means_the_village_where_a_community_shares_it() {
        let places = candidates(&["长策社区居委会", "长策村委会"]);
        for name in ["长策", "长策村", "长策村委会", "长策村民委员会"] {
            assert_eq!(match_village(name, &places), NameMatch::One(2), "{name}");
        }
        for name in ["长策社区", "长策居委会"] {
            assert_eq!(match_village(name, &places), NameMatch::One(1), "{name}");
        }
    }

    #[test]
    fn a_community_is_no_village_and_a_village_may_have_become_a_community() {
        let places = candidates(&["白石渡村", "城关社区", "老街村", "老街社区"]);
        for name in ["白石渡社区", "白石渡居委会"] {
            assert!(matches!(match_village(name, &places), NameMatch::None), "{name}");
        }
        for (name, id) in [("城关", 2), ("城关村", 2), ("老街村居委会", 3), ("老街居委会", 4)]
        {
            assert_eq!(match_village(name, &places), NameMatch::One(id), "{name}");
        }
    }

    #[test]
    fn a_township_is_found_without_its_kind() {
        let places = candidates(&["莽山瑶族乡", "玉溪镇"]);
        assert_eq!(match_township("莽山乡", &places), NameMatch::One(1));
        for name in ["玉溪", "玉溪镇人民政府", "玉溪镇政府", "宜章县玉溪镇"] {
            assert_eq!(match_township(name, &places), NameMatch::One(2), "{name}");
        }
    }
}
