//! Service points (金融扶贫服务中心 / 服务站): where people ask, apply and are helped.

use crate::division::Level;

/// What a service point is. A county, a township and a village each have one of their own; which word a province uses at
/// which level differs: Henan has a centre, a station and a desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PointKind {
    /// 金融服务中心.
    Centre,
    /// 金融服务站.
    Station,
    /// 金融服务部.
    Desk,
    /// 一站式服务窗口.
    Window,
}

impl PointKind {
    /// Every kind.
    pub const ALL: [PointKind; 4] =
        [PointKind::Centre, PointKind::Station, PointKind::Desk, PointKind::Window];

    /// The word under which it is stored, and the key of its text.
    pub const fn key(self) -> &'static str {
        match self {
            PointKind::Centre => "centre",
            PointKind::Station => "station",
            PointKind::Desk => "desk",
            PointKind::Window => "window",
        }
    }

    /// The kind stored under a word.
    pub fn from_key(key: &str) -> Option<PointKind> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// What the newspaper has at a level: centres in county and township, a station in each village.
    pub const fn usual(level: Level) -> PointKind {
        match level {
            Level::Village => PointKind::Station,
            _ => PointKind::Centre,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_found_under_its_word() {
        for kind in PointKind::ALL {
            assert_eq!(PointKind::from_key(kind.key()), Some(kind));
        }
        assert_eq!(PointKind::from_key("kiosk"), None);
        assert_eq!(PointKind::usual(Level::Township), PointKind::Centre);
        assert_eq!(PointKind::usual(Level::Village), PointKind::Station);
    }
}
