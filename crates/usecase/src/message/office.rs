//! The offices of a county by name.

use std::collections::BTreeMap;

use bangfu_domain::division::Level;
use bangfu_domain::message::desk::Desk;
use bangfu_domain::policy::Recipient;
use bangfu_store::county::County;
use bangfu_store::{Tx, bank};
use jiff::civil::Date;

use crate::division::Places;
use crate::error::Error;

/// An office that can be told something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// Whose desk.
    pub desk: Desk,
    /// Which place.
    pub place_id: i64,
    /// The name of the place.
    pub name: String,
}

/// The offices of a county.
#[derive(Debug)]
pub struct Offices {
    county: County,
    places: Places,
    branches: BTreeMap<i64, (String, bool)>,
}

impl Offices {
    /// Reads them.
    pub async fn load(tx: &mut Tx, county: &County, day: Date) -> Result<Offices, Error> {
        let branches = bank::branches_on(tx, county.county_id, day).await?;
        let branch = |one: bank::Branch| {
            let stands = one.stands_on(day);
            (one.branch_id, (one.name, stands))
        };
        Ok(Offices {
            county: county.clone(),
            places: Places::load(tx, county.division_id).await?,
            branches: branches.into_iter().map(branch).collect(),
        })
    }

    /// What the place of a desk is called on a day; empty where nobody knows it any more.
    pub fn name(&self, desk: Desk, place_id: i64, day: Date) -> String {
        match desk {
            Desk::Office(Recipient::Branch) => {
                self.branches.get(&place_id).map(|(name, _)| name.clone()).unwrap_or_default()
            }
            Desk::Office(Recipient::Station) => {
                let (township, village) = self.places.village_on(place_id, day);
                format!("{township} {village}").trim().to_owned()
            }
            _ => self.places.on(place_id, day).map(|place| place.name.clone()).unwrap_or_default(),
        }
    }

    /// Everybody who can be told something on a day, the county's own desks first.
    pub fn all(&self, day: Date) -> Vec<Office> {
        let own = [Desk::Office(Recipient::County), Desk::Office(Recipient::Supervisor), Desk::Leader];
        let mut offices: Vec<Office> = Vec::new();
        let county = self.county.on(day).name.clone();
        offices.extend(own.map(|desk| Office {
            desk,
            place_id: self.county.division_id,
            name: county.clone(),
        }));
        let within = self.places.within(self.county.division_id, day);
        let of = |level, recipient| {
            let desk = Desk::Office(recipient);
            let there = within.iter().filter(move |place| place.level == level);
            there.map(move |place| (desk, place.division_id)).collect::<Vec<_>>()
        };
        let stands = self.branches.iter().filter(|(_, (_, stands))| *stands);
        let branches = stands.map(|(id, _)| (Desk::Office(Recipient::Branch), *id)).collect::<Vec<_>>();
        let places =
            [of(Level::Township, Recipient::Township), branches, of(Level::Village, Recipient::Station)];
        offices.extend(places.into_iter().flatten().map(|(desk, place_id)| Office {
            desk,
            place_id,
            name: self.name(desk, place_id, day),
        }));
        offices
    }
}
