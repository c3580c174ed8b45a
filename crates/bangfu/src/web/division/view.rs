//! Places as plain data: what their template shows.

use super::super::board::view::Tally;
use crate::web::page::unsigned;

/// A village or community.
#[derive(Debug, Clone)]
pub(crate) struct VillageRow {
    /// Its code.
    pub(crate) code: String,
    /// Its name.
    pub(crate) name: String,
    /// Whether it has a service point (服务站).
    pub(crate) service_point: bool,
    /// What its households owe.
    pub(crate) owing: Tally,
    /// Their loans.
    pub(crate) href: String,
}

/// A township with its villages.
#[derive(Debug, Clone)]
pub(crate) struct TownshipRow {
    /// Its code.
    pub(crate) code: String,
    /// Its name.
    pub(crate) name: String,
    /// Whether it has a service point (服务中心).
    pub(crate) service_point: bool,
    /// What its households owe.
    pub(crate) owing: Tally,
    /// Their loans.
    pub(crate) href: String,
    /// Villages.
    pub(crate) villages: Vec<VillageRow>,
    /// Whether it stands open.
    pub(crate) open: bool,
}

impl TownshipRow {
    /// Villages that have a service point.
    pub(crate) fn served(&self) -> u64 {
        unsigned(self.villages.iter().filter(|village| village.service_point).count())
    }
}

/// How many service points there are, by the place that has them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Points {
    /// The county's centre.
    pub(crate) county: u64,
    /// Centres of townships.
    pub(crate) townships: u64,
    /// Stations of villages.
    pub(crate) villages: u64,
}

impl Points {
    /// All of them.
    pub(crate) fn all(&self) -> u64 {
        self.county + self.townships + self.villages
    }
}

/// The county's places.
#[derive(Debug, Clone)]
pub(crate) struct Divisions {
    /// What was searched for.
    pub(crate) search: String,
    /// Townships in all.
    pub(crate) townships: u64,
    /// Administrative villages in all.
    pub(crate) villages: u64,
    /// Urban communities in all.
    pub(crate) communities: u64,
    /// Service points.
    pub(crate) points: Points,
    /// The townships shown.
    pub(crate) rows: Vec<TownshipRow>,
}
