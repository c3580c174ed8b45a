//! An empty book: places, service points, an administrator.

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::division::{Called, Level, VillageKind};
use bangfu_domain::loan::add_days;
use bangfu_domain::officer::Role;
use bangfu_domain::service_point::PointKind;
use bangfu_sheets::divisions::DivisionLine;
use bangfu_store::county::{self, County};
use bangfu_store::division::{self, ALWAYS, Link, Term};
use bangfu_store::officer::{self, Officer};
use bangfu_store::person::{self, Person};
use bangfu_store::service_point::{self, ServicePoint};
use bangfu_store::{Address, Db, Turn, Tx, audit, rule_change};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::error::{Error, Refusal};
use crate::in_write;
use crate::rulebook::in_force;

/// The time zone of a county that names no other: the state's.
pub const TIME_ZONE: &str = "Asia/Shanghai";

/// What a new book is made for.
#[derive(Debug, Clone)]
pub struct NewBook {
    /// County codes, six or twelve digits.
    pub counties: Vec<String>,
    /// The pack for all contracts, or none for the contract's date to choose.
    pub pack: Option<String>,
    /// The counties' time zone, by its name in the IANA's list: a day begins there at midnight.
    pub time_zone: String,
    /// True if everything in it will be made up.
    pub demo: bool,
    /// The instant of making it.
    pub at: Timestamp,
}

/// Makes a database with the places of a division list and a book for each county named.
///
/// Everything is checked before anything is made; killed at any moment and typed again, it goes on to the end.
pub async fn init(address: &Address, lines: &[DivisionLine], book: &NewBook) -> Result<Db, Error> {
    let ready = Ready::new(lines, book)?;
    let db = Db::create(address).await?;
    ready.write(&db, address).await?;
    Ok(db)
}

/// What stands in a new book, checked and not yet written.
pub(crate) struct Ready {
    terms: Vec<Term>,
    links: Vec<Link>,
    counties: Vec<County>,
    at: Timestamp,
}

impl Ready {
    /// Checks a division list and the counties asked for.
    pub(crate) fn new(lines: &[DivisionLine], book: &NewBook) -> Result<Ready, Error> {
        if let Some(id) = &book.pack
            && in_force().packs.by_id(id).is_none()
        {
            let known = in_force().packs.all().iter().map(|pack| pack.id.clone()).collect();
            return Err(Refusal::UnknownPack { id: id.clone(), known }.into());
        }
        let unknown = || Refusal::UnknownTimeZone { name: book.time_zone.clone() };
        let zone = TimeZone::get(&book.time_zone).map_err(|_| unknown())?;
        let time_zone = zone.iana_name().ok_or_else(unknown)?;
        let (terms, links) = arrange(lines)?;
        let counties = book
            .counties
            .iter()
            .map(|code| find_county(&terms, code, book, time_zone))
            .collect::<Result<Vec<County>, Error>>()?;
        Ok(Ready { terms, links, counties, at: book.at })
    }

    /// Writes the places and an empty book for each county.
    pub(crate) async fn write(&self, db: &Db, address: &Address) -> Result<(), Error> {
        in_write!(db, Turn::None, |tx| async {
            // Two starts at once: the other was first.
            if !county::list(tx).await?.is_empty() {
                return Err(bangfu_store::Error::Exists(address.shown()).into());
            }
            division::add(tx, &self.terms, &self.links).await?;
            for one in &self.counties {
                let served = served(&self.terms, &self.links, one.division_id);
                add_county(tx, db, one, &served, self.at).await?;
            }
            Ok::<(), Error>(())
        })
    }
}

/// The places of a county that have a service point, as the newspaper counts them: the county's centre, a centre in
/// each township and a station in each administrative village. Urban communities have none.
fn served(terms: &[Term], links: &[Link], county_id: i64) -> BTreeMap<i64, PointKind> {
    let within: BTreeSet<i64> =
        links.iter().filter(|link| link.ancestor_id == county_id).map(|link| link.descendant_id).collect();
    let has_point = |term: &&Term| {
        term.level != Level::Village || VillageKind::of_code(&term.code) == VillageKind::Village
    };
    let served = terms.iter().filter(|term| within.contains(&term.division_id)).filter(has_point);
    served.map(|term| (term.division_id, PointKind::usual(term.level))).collect()
}

/// Adds a county with its service points and an administrator.
async fn add_county(
    tx: &mut Tx,
    db: &Db,
    one: &County,
    places: &BTreeMap<i64, PointKind>,
    at: Timestamp,
) -> Result<(), Error> {
    county::add(tx, one, db.key()).await?;
    let stamp = county::stamp(tx, one.county_id, at.as_microsecond()).await?;
    rule_change::add(tx, one.county_id, stamp.at, in_force().digest(), in_force().body()).await?;
    let first = county::take_ids(tx, one.county_id, places.len() + 2).await?;
    let points = (first..).zip(places).map(|(service_point_id, (division_id, kind))| ServicePoint {
        service_point_id,
        division_id: *division_id,
        kind: *kind,
        name: None,
        from_on: ALWAYS.0,
        to_on: None,
    });
    service_point::put(tx, one.county_id, &points.collect::<Vec<_>>()).await?;
    let person_id = first + i64::try_from(places.len()).unwrap_or(i64::MAX);
    add_administrator(tx, one, person_id).await?;
    let entry = audit::Entry {
        actor: "init".to_owned(),
        role: None,
        action: "init",
        subject: one.on(at.to_zoned_datetime(TimeZone::UTC).date()).code.clone(),
        facts: json!({ "service_points": places.len(), "demo": one.demo }).to_string(),
        reason: None,
        request_id: String::new(),
        client_id: String::new(),
    };
    audit::add(tx, one.county_id, stamp, &entry).await?;
    Ok(())
}

async fn add_administrator(tx: &mut Tx, county: &County, person_id: i64) -> Result<(), Error> {
    let name = "管理员".to_owned();
    let person = Person { person_id, household_id: None, name: name.clone(), is_head: false };
    person::put(tx, county.county_id, &[person]).await?;
    let administrator = Officer {
        officer_id: person_id + 1,
        person_id,
        division_id: county.division_id,
        name,
        confirmed: true,
        left_on: None,
        roles: vec![Role::Administrator],
    };
    officer::put(tx, county.county_id, &[administrator]).await?;
    Ok(())
}

fn find_county(terms: &[Term], code: &str, book: &NewBook, time_zone: &str) -> Result<County, Error> {
    let unknown = || Refusal::UnknownCounty { code: code.to_owned() };
    let full = format!("{code:0<12}");
    let term = terms
        .iter()
        .filter(|term| term.level == Level::County && term.code == full)
        .max_by_key(|term| term.valid_to)
        .ok_or_else(unknown)?;
    Ok(County {
        county_id: full.get(..6).and_then(|digits| digits.parse().ok()).ok_or_else(unknown)?,
        called: called(terms, term.division_id),
        division_id: term.division_id,
        time_zone: time_zone.to_owned(),
        pack_id: book.pack.clone(),
        demo: book.demo,
        opening_on: None,
        closed_on: None,
        position_on: None,
        told_on: None,
        change_seq: 0,
        last_at: 0,
    })
}

/// What a division is called, and when, in order.
fn called(terms: &[Term], division_id: i64) -> Vec<Called> {
    let of = terms.iter().filter(|term| term.division_id == division_id);
    let mut called: Vec<Called> = of
        .map(|term| Called {
            code: term.code.clone(),
            name: term.name.clone(),
            first_on: term.valid_from,
            last_on: term.valid_to,
        })
        .collect();
    called.sort_by_key(|called| called.first_on);
    called
}

/// Gives the lines ids, resolves parents, and spells out what lies in what, and when.
fn arrange(lines: &[DivisionLine]) -> Result<(Vec<Term>, Vec<Link>), Refusal> {
    let fault = |line: &DivisionLine, fault, value: &str| Refusal::DivisionList {
        line: line.line,
        fault,
        value: value.to_owned(),
    };
    // A city without counties stands in the list twice under one code: as city and as county (东莞 441900).
    let mut ids: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    let mut next = 1;
    // Lines that continue another come after it in id, wherever they stand in the file.
    for pass in [true, false] {
        for line in lines.iter().filter(|line| line.replaces.is_empty() == pass) {
            if line.code.len() != 12 || !line.code.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(fault(line, "code", &line.code));
            }
            if line.name.is_empty() {
                return Err(fault(line, "name", &line.code));
            }
            let id = match ids.get(&(line.replaces.as_str(), line.level.as_str())) {
                Some(id) => *id,
                None if line.replaces.is_empty() => {
                    *ids.get(&(line.code.as_str(), line.level.as_str())).unwrap_or(&next)
                }
                None => return Err(fault(line, "replaces", &line.replaces)),
            };
            next = next.max(id + 1);
            ids.insert((&line.code, &line.level), id);
        }
    }
    let mut terms = Vec::with_capacity(lines.len());
    for line in lines {
        let level = Level::from_key(&line.level).ok_or_else(|| fault(line, "level", &line.level))?;
        let parent_id = match line.parent.as_str() {
            "" => None,
            parent => {
                // The nearest wider division of that code.
                let wider = Level::ALL.iter().rev().filter(|wider| **wider < level);
                let found = wider.filter_map(|wider| ids.get(&(parent, wider.key()))).next();
                Some(*found.ok_or_else(|| fault(line, "parent", parent))?)
            }
        };
        let (valid_from, valid_to) = (line.valid_from.unwrap_or(ALWAYS.0), line.valid_to.unwrap_or(ALWAYS.1));
        if valid_from > valid_to {
            return Err(fault(line, "validity", &line.code));
        }
        let division_id = ids[&(line.code.as_str(), line.level.as_str())];
        terms.push(Term {
            division_id,
            level,
            code: line.code.clone(),
            name: line.name.clone(),
            parent_id,
            valid_from,
            valid_to,
            successor_id: None,
        });
    }
    let mut spans: BTreeMap<i64, Vec<(Date, Date, &DivisionLine)>> = BTreeMap::new();
    for (term, line) in terms.iter().zip(lines) {
        spans.entry(term.division_id).or_default().push((term.valid_from, term.valid_to, line));
    }
    for group in spans.values_mut() {
        group.sort_by_key(|(from, _, _)| *from);
        if let Some(pair) = group.windows(2).find(|pair| pair[1].0 <= pair[0].1) {
            return Err(fault(pair[1].2, "overlap", &pair[1].2.code));
        }
    }
    let links = closure(&terms);
    Ok((terms, links))
}

/// Every division with each that it lies in, itself included, for the days on which all of them hold.
pub(crate) fn closure(terms: &[Term]) -> Vec<Link> {
    let mut by_id: BTreeMap<i64, Vec<&Term>> = BTreeMap::new();
    for term in terms {
        by_id.entry(term.division_id).or_default().push(term);
    }
    let mut links: BTreeMap<(i64, i64, Date), Link> = BTreeMap::new();
    for term in terms {
        let mut reach = vec![(term.division_id, Some(term), 0_i64, term.valid_from, term.valid_to)];
        while let Some((ancestor_id, at, depth, from, to)) = reach.pop() {
            let link =
                Link { ancestor_id, descendant_id: term.division_id, depth, valid_from: from, valid_to: to };
            links.insert((ancestor_id, term.division_id, from), link);
            // Five levels; a circle in the list ends here too.
            let Some(parent) = at.and_then(|at| at.parent_id).filter(|_| depth < 6) else { continue };
            for up in by_id.get(&parent).into_iter().flatten() {
                let (first, last) = (from.max(up.valid_from), to.min(up.valid_to));
                if first <= last {
                    reach.push((parent, Some(up), depth + 1, first, last));
                }
            }
        }
    }
    // What took over stands for what ended, and lies where that lay: the later ended first, since one may follow another.
    let mut ended: Vec<(&Term, i64)> =
        terms.iter().filter_map(|term| Some((term, term.successor_id?))).collect();
    ended.sort_by_key(|(term, _)| std::cmp::Reverse(term.valid_to));
    for (term, successor) in ended {
        let from = add_days(term.valid_to, 1);
        let of_successor =
            links.values().filter(|link| link.descendant_id == successor && link.valid_to >= from);
        let taken_over: Vec<Link> = of_successor
            .map(|link| Link {
                descendant_id: term.division_id,
                valid_from: link.valid_from.max(from),
                ..*link
            })
            .collect();
        for link in taken_over {
            links.insert((link.ancestor_id, link.descendant_id, link.valid_from), link);
        }
    }
    links.into_values().collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn line(code: &str, parent: &str, level: &str) -> DivisionLine {
        DivisionLine {
            code: format!("{code:0<12}"),
            name: code.to_owned(),
            parent: if parent.is_empty() { String::new() } else { format!("{parent:0<12}") },
            level: level.to_owned(),
            ..DivisionLine::default()
        }
    }

    #[test]
    fn a_recoded_county_stays_the_same_place() {
        let before = DivisionLine { valid_to: Some(date(2021, 3, 17)), ..line("410322", "4103", "county") };
        let after = DivisionLine {
            valid_from: Some(date(2021, 3, 18)),
            replaces: "410322000000".to_owned(),
            ..line("410308", "4103", "county")
        };
        let lines = [line("41", "", "province"), line("4103", "41", "city"), after, before];
        let (terms, links) = arrange(&lines).unwrap();
        assert_eq!(terms[2].division_id, terms[3].division_id);
        let county = terms[2].division_id;
        let of_county = links.iter().filter(|link| link.descendant_id == county && link.depth == 2).count();
        assert_eq!(of_county, 2, "the province holds it under both codes, each for its time");
    }

    #[test]
    fn a_city_and_its_only_county_may_share_a_code() {
        let lines = [
            line("44", "", "province"),
            line("4419", "44", "city"),
            line("4419", "4419", "county"),
            line("441900003", "4419", "township"),
        ];
        let (terms, links) = arrange(&lines).unwrap();
        assert_ne!(terms[1].division_id, terms[2].division_id);
        assert_eq!(terms[2].parent_id, Some(terms[1].division_id));
        assert_eq!(terms[3].parent_id, Some(terms[2].division_id));
        assert_eq!(links.iter().filter(|link| link.descendant_id == terms[3].division_id).count(), 4);
    }

    #[test]
    fn a_line_whose_parent_is_missing_is_named() {
        let lines = [DivisionLine { line: 2, ..line("4103", "41", "city") }];
        let Err(Refusal::DivisionList { line, fault, .. }) = arrange(&lines) else { panic!("accepted") };
        assert_eq!((line, fault), (2, "parent"));
    }
}
