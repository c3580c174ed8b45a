//! What a list changes, place by place.

use std::collections::BTreeMap;

use bangfu_domain::division::Level;
use bangfu_domain::division::compare::{self, Listed, Standing, compare};
use bangfu_store::Tx;
use bangfu_store::division::{self, ALWAYS, Term};
use jiff::civil::Date;

use super::Wanted;
use crate::division::PlaceFault;
use crate::division::known::{Known, from_day};
use crate::division::merge::ended;
use crate::error::Error;

/// What a place is called, and where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// The division; none for a new one.
    pub division_id: Option<i64>,
    /// 12 digits.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The name of the place in which it lies.
    pub lies_in: String,
}

/// What becomes of a place or a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// A new place.
    New,
    /// It lies elsewhere.
    Moved,
    /// It has another name.
    Renamed,
    /// It has another code alone.
    Recoded,
    /// It is not on the list any more.
    Gone,
    /// One of these, or a new one: it stays out until somebody decides.
    Uncertain(Vec<Called>),
    /// It lies in a township that somebody must decide about first.
    Waits,
    /// The list does not have it, but something belongs there still: villages, households, loans, officers.
    Stays([i64; 4]),
}

impl Fate {
    /// The key of its text.
    pub const fn key(&self) -> &'static str {
        match self {
            Fate::New => "new",
            Fate::Moved => "moved",
            Fate::Renamed => "renamed",
            Fate::Recoded => "recoded",
            Fate::Gone => "gone",
            Fate::Uncertain(_) => "uncertain",
            Fate::Waits => "waits",
            Fate::Stays(_) => "stays",
        }
    }

    /// True if nothing is written of it.
    pub fn is_left(&self) -> bool {
        matches!(self, Fate::Uncertain(_) | Fate::Waits | Fate::Stays(_))
    }
}

/// A place that changes, or a line about which something is to be decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line of the file; none for a place that it does not have.
    pub line: Option<usize>,
    /// What becomes of it.
    pub fate: Fate,
    /// As it is called before; none for a new one.
    pub before: Option<Called>,
    /// As it is called from then on.
    pub after: Option<Called>,
}

/// What a list changes.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) unchanged: usize,
    pub(super) rows: Vec<Row>,
    pub(super) changed: Vec<Term>,
}

/// Works out what a list changes. New places get ids from `first_id` on.
pub(super) async fn plan(
    tx: &mut Tx,
    known: &Known,
    lines: &[Listed],
    wanted: &Wanted,
    first_id: i64,
) -> Result<Plan, Error> {
    let from = wanted.change.from;
    let standing: Vec<Standing> = known.on(from).map(standing).collect();
    let compared = compare(&standing, lines, &wanted.decided);
    let mut desk = Desk {
        known,
        from,
        next_id: first_id,
        townships: BTreeMap::new(),
        lies_in: standing.iter().map(|place| (place.division_id, place.parent_id)).collect(),
        plan: Plan::default(),
    };
    let mut sorted: Vec<&Listed> = lines.iter().collect();
    sorted.sort_by_key(|line| (line.level, line.line));
    for line in sorted {
        let fate = compared.lines.get(&line.line).ok_or(PlaceFault::List)?;
        desk.line(line, fate)?;
    }
    let gone: Vec<&Standing> =
        standing.iter().filter(|place| compared.gone.contains(&place.division_id)).collect();
    // Villages before the townships in which they lie.
    for level in [Level::Village, Level::Township] {
        for place in gone.iter().filter(|place| place.level == level) {
            desk.gone(tx, place).await?;
        }
    }
    Ok(desk.plan)
}

fn standing(term: &Term) -> Standing {
    Standing {
        division_id: term.division_id,
        level: term.level,
        code: term.code.clone(),
        name: term.name.clone(),
        parent_id: term.parent_id,
    }
}

struct Desk<'a> {
    known: &'a Known,
    from: Date,
    next_id: i64,
    /// The townships of the list by code: id and name.
    townships: BTreeMap<&'a str, (i64, &'a str)>,
    /// In what each place lies after the change.
    lies_in: BTreeMap<i64, Option<i64>>,
    plan: Plan,
}

impl<'a> Desk<'a> {
    fn line(&mut self, line: &'a Listed, fate: &compare::Fate) -> Result<(), Error> {
        let mut row = |fate, before, after| {
            self.plan.rows.push(Row { line: Some(line.line), fate, before, after });
        };
        let after = |lies_in: &str, division_id| Called {
            division_id,
            code: line.code.clone(),
            name: line.name.clone(),
            lies_in: lies_in.to_owned(),
        };
        let county = (self.known.county.division_id, "");
        let parent = match line.level {
            Level::Village => self.townships.get(line.parent.as_str()).copied(),
            _ => Some(county),
        };
        if let compare::Fate::Uncertain(ids) = fate {
            let like = ids.iter().filter_map(|id| self.known.term(*id, self.from));
            let like = like.map(|term| called(self.known, term, self.from)).collect();
            row(Fate::Uncertain(like), None, Some(after(parent.map_or("", |(_, name)| name), None)));
            return Ok(());
        }
        let Some((parent_id, lies_in)) = parent else {
            row(Fate::Waits, None, Some(after("", None)));
            return Ok(());
        };
        let compare::Fate::Is(id) = fate else {
            let id = self.next_id;
            self.next_id += 1;
            row(Fate::New, None, Some(after(lies_in, None)));
            self.plan.changed.push(Term {
                division_id: id,
                level: line.level,
                code: line.code.clone(),
                name: line.name.clone(),
                parent_id: Some(parent_id),
                valid_from: self.from,
                valid_to: ALWAYS.1,
                successor_id: None,
            });
            self.note(line, id, parent_id);
            return Ok(());
        };
        self.note(line, *id, parent_id);
        let before = self.known.term(*id, self.from).cloned().ok_or(PlaceFault::List)?;
        let fate = if before.parent_id != Some(parent_id) {
            Fate::Moved
        } else if before.name != line.name {
            Fate::Renamed
        } else if before.code != line.code {
            Fate::Recoded
        } else {
            self.plan.unchanged += 1;
            return Ok(());
        };
        let terms = self.known.of(*id);
        if terms.last() != Some(&before) {
            return Err(PlaceFault::Later { name: before.name }.into());
        }
        self.plan.changed.extend(from_day(terms, self.from, |last| Term {
            code: line.code.clone(),
            name: line.name.clone(),
            parent_id: Some(parent_id),
            ..last
        }));
        let (before, after) = (called(self.known, &before, self.from), after(lies_in, Some(*id)));
        self.plan.rows.push(Row { line: Some(line.line), fate, before: Some(before), after: Some(after) });
        Ok(())
    }

    fn note(&mut self, line: &'a Listed, id: i64, parent_id: i64) {
        self.lies_in.insert(id, Some(parent_id));
        if line.level == Level::Township {
            self.townships.insert(&line.code, (id, &line.name));
        }
    }

    /// A place that the list does not have: it ends if nothing belongs there any more.
    async fn gone(&mut self, tx: &mut Tx, place: &Standing) -> Result<(), Error> {
        let id = place.division_id;
        let villages = self.lies_in.values().filter(|lies_in| **lies_in == Some(id)).count();
        let belong = self.known.stands_for(id, ALWAYS.1);
        let (households, loans, officers) =
            division::belonging(tx, self.known.county.county_id, &belong).await?;
        let holds = [i64::try_from(villages).unwrap_or(i64::MAX), households, loans, officers];
        let fate = if holds.iter().all(|count| *count == 0) { Fate::Gone } else { Fate::Stays(holds) };
        if fate == Fate::Gone {
            let terms = self.known.of(id);
            if terms.last().map(|last| last.valid_to) != Some(ALWAYS.1) {
                return Err(PlaceFault::Later { name: place.name.clone() }.into());
            }
            self.plan.changed.extend(ended(terms, self.from, None)?);
            self.lies_in.remove(&id);
        }
        let term = self.known.term(id, self.from).ok_or(PlaceFault::List)?;
        let before = Some(called(self.known, term, self.from));
        self.plan.rows.push(Row { line: None, fate, before, after: None });
        Ok(())
    }
}

fn called(known: &Known, term: &Term, day: Date) -> Called {
    let township = term.parent_id.and_then(|parent| known.term(parent, day));
    Called {
        division_id: Some(term.division_id),
        code: term.code.clone(),
        name: term.name.clone(),
        lies_in: township.map_or_else(String::new, |township| township.name.clone()),
    }
}
