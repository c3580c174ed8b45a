//! Finding the township and the village that a row names.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bangfu_domain::division::{
    Candidate, Level, NameMatch, match_township, match_village, township_core, village_core,
};
use bangfu_domain::nearest::{Known, nearest};
use bangfu_domain::text::squeeze;
use bangfu_sheets::fault::{Fault, FaultCode, Place, RowPlace};
use bangfu_sheets::parsed::Parsed;
use bangfu_store::county::County;
use bangfu_store::{Tx, division};
use jiff::civil::Date;

use crate::error::Error;

/// The places of a county by name.
#[derive(Debug)]
pub(crate) struct Places {
    townships: Vec<Candidate>,
    villages: BTreeMap<i64, Vec<Candidate>>,
    names: BTreeMap<i64, String>,
    township_of: BTreeMap<i64, i64>,
    /// What they were called before, those of villages by township: books go on with old names for years.
    before: (Vec<Candidate>, BTreeMap<i64, Vec<Candidate>>),
    /// What names meant before: books repeat them thousands of times.
    seen: BTreeMap<(String, String), Result<i64, PlaceFault>>,
}

/// Why a place is not found: at the township's cell or at the village's.
#[derive(Debug, Clone)]
struct PlaceFault {
    at_township: bool,
    code: FaultCode,
}

impl Places {
    /// The places of a county on a day.
    pub(crate) async fn load(tx: &mut Tx, county: &County, on: Date) -> Result<Places, Error> {
        let mut places = Places {
            townships: Vec::new(),
            villages: BTreeMap::new(),
            names: BTreeMap::new(),
            township_of: BTreeMap::new(),
            before: (Vec::new(), BTreeMap::new()),
            seen: BTreeMap::new(),
        };
        for term in division::subtree(tx, county.division_id, on).await? {
            let candidate = Candidate { division_id: term.division_id, name: term.name.clone() };
            places.names.insert(term.division_id, term.name);
            match (term.level, term.parent_id) {
                (Level::Township, _) => places.townships.push(candidate),
                (Level::Village, Some(township)) => {
                    places.township_of.insert(term.division_id, township);
                    places.villages.entry(township).or_default().push(candidate);
                }
                _ => {}
            }
        }
        let succession = division::succession(tx, county.division_id).await?;
        let past = division::terms(tx, county.division_id).await?;
        for term in past.into_iter().filter(|term| term.valid_to < on) {
            let division_id = succession.on(term.division_id, on);
            let Some(name) = places.names.get(&division_id).cloned() else { continue };
            places.names.entry(term.division_id).or_insert(name);
            let candidate = Candidate { division_id, name: term.name };
            match (term.level, term.parent_id) {
                (Level::Township, _) => places.before.0.push(candidate),
                (Level::Village, Some(township)) => {
                    let lay_in = succession.on(township, on);
                    places.before.1.entry(lay_in).or_default().push(candidate);
                }
                _ => {}
            }
        }
        Ok(places)
    }

    /// The name of a division.
    pub(crate) fn name(&self, id: i64) -> &str {
        self.names.get(&id).map_or("", String::as_str)
    }

    /// The township in which a village lies.
    pub(crate) fn township_of(&self, village_id: i64) -> Option<i64> {
        self.township_of.get(&village_id).copied()
    }

    /// The township that a name means.
    pub(crate) fn township(&self, name: &str) -> Result<i64, FaultCode> {
        match match_township(name, &self.townships).or_else(|| match_township(name, &self.before.0)) {
            NameMatch::One(id) => Ok(id),
            NameMatch::Several(ids) => {
                let names = ids.iter().map(|id| self.name(*id).to_owned()).collect();
                Err(FaultCode::TownshipAmbiguous { names })
            }
            NameMatch::None => {
                let named = self.townships.iter().map(|place| place.name.as_str());
                let known = named.map(|name| Known { name, core: township_core(name), here: true });
                let known: Vec<Known<'_>> = known.collect();
                Err(FaultCode::TownshipUnknown { nearest: nearest(township_core(&squeeze(name)), &known) })
            }
        }
    }

    /// The village that a row names, or what is wrong with its cells.
    pub(crate) fn locate<T>(
        &mut self,
        parsed: &Parsed<T>,
        at: &RowPlace,
        township: Option<&str>,
        village: &str,
    ) -> Result<i64, Fault> {
        self.village(township, village).map_err(|fault| {
            let (key, value) = match (township, fault.at_township) {
                (Some(township), true) => ("township", township),
                _ => ("village", village),
            };
            let column = parsed.column(&at.sheet, key).to_owned();
            let at = Place { sheet: at.sheet.clone(), row: at.row, column };
            Fault { at, value: value.to_owned(), code: fault.code }
        })
    }

    /// What is wrong with the places of rows that are bad for other reasons: every fault is told at once.
    pub(crate) fn also_misplaced<T>(&mut self, parsed: &Parsed<T>) -> Vec<Fault> {
        let named = parsed.bad.iter().filter_map(|bad| Some((bad, bad.village.as_deref()?)));
        named
            .filter_map(|(bad, village)| self.locate(parsed, &bad.at, bad.township.as_deref(), village).err())
            .collect()
    }

    /// A village by name, within its township if one is named, else within the county.
    fn village(&mut self, township: Option<&str>, village: &str) -> Result<i64, PlaceFault> {
        let key = (township.unwrap_or("").to_owned(), village.to_owned());
        if let Some(known) = self.seen.get(&key) {
            return known.clone();
        }
        let found = self.find(township, village);
        self.seen.insert(key, found.clone());
        found
    }

    fn find(&self, township: Option<&str>, village: &str) -> Result<i64, PlaceFault> {
        let within = match township {
            Some(name) => Some(self.township(name).map_err(|code| PlaceFault { at_township: true, code })?),
            None => None,
        };
        let found = match_village(village, &self.candidates(within));
        let code = match found.or_else(|| match_village(village, &self.candidates_before(within))) {
            NameMatch::One(id) => return Ok(id),
            NameMatch::Several(ids) => Some(ids),
            NameMatch::None => None,
        };
        // 白石渡镇白石渡村 says both.
        if let Some((stated, rest)) = self.split(village)
            && within.is_none_or(|within| within == stated)
            && let NameMatch::One(id) = match_village(&rest, &self.candidates(Some(stated)))
        {
            return Ok(id);
        }
        let code = match code {
            Some(ids) => FaultCode::VillageAmbiguous {
                names: ids.iter().map(|id| self.full_name(*id, within)).collect(),
            },
            None => FaultCode::VillageUnknown { nearest: self.nearest(within, village) },
        };
        Err(PlaceFault { at_township: false, code })
    }

    /// The villages of a township, or of the whole county.
    fn candidates(&self, township: Option<i64>) -> Cow<'_, [Candidate]> {
        of_township(&self.villages, township)
    }

    /// Those by what they were called before.
    fn candidates_before(&self, township: Option<i64>) -> Cow<'_, [Candidate]> {
        of_township(&self.before.1, township)
    }

    /// The township with whose name a village's begins, and the rest: 白石渡镇, 白石渡村.
    pub(super) fn split(&self, village: &str) -> Option<(i64, String)> {
        let village = squeeze(village);
        let begins =
            |place: &&Candidate| village.len() > place.name.len() && village.starts_with(&place.name);
        let township = self.townships.iter().filter(begins).max_by_key(|place| place.name.len())?;
        Some((township.division_id, village[township.name.len()..].to_owned()))
    }

    /// A village's name, with its township's before it where that is another one than the row's.
    fn full_name(&self, village: i64, within: Option<i64>) -> String {
        let township = self.township_of(village);
        let stated = township.filter(|_| township != within).map_or("", |id| self.name(id));
        format!("{stated}{}", self.name(village))
    }

    /// The villages that can have been meant. Where a row names no township, all are equally near.
    fn nearest(&self, within: Option<i64>, village: &str) -> Vec<String> {
        let all =
            self.villages.iter().flat_map(|(township, places)| places.iter().map(move |p| (*township, p)));
        let offered: Vec<(String, &str, bool)> = all
            .map(|(township, place)| {
                let here = within.is_none_or(|within| within == township);
                let name = self.full_name(place.division_id, within.or(Some(township)));
                (name, village_core(&place.name), here)
            })
            .collect();
        let known: Vec<Known<'_>> =
            offered.iter().map(|(name, core, here)| Known { name, core, here: *here }).collect();
        nearest(village_core(&squeeze(village)), &known)
    }
}

fn of_township(villages: &BTreeMap<i64, Vec<Candidate>>, township: Option<i64>) -> Cow<'_, [Candidate]> {
    match township {
        Some(id) => villages.get(&id).map_or_else(Cow::default, Cow::from),
        None => villages.values().flatten().cloned().collect(),
    }
}
