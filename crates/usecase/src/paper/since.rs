//! What has changed since a paper was made.

use std::collections::BTreeMap;

use bangfu_domain::paper::PaperKind;
use bangfu_store::county;
use bangfu_store::paper::Paper;
use bangfu_store::{Db, Tx};

use super::lines::{self, Line};
use super::month::{self, Count, Figures};
use crate::ctx::Ctx;
use crate::error::Error;

/// A loan that is on a list otherwise than on the paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineChange {
    /// As the paper has it; `None` for what came since.
    pub then: Option<Line>,
    /// As it stands today; `None` for what is not on the list any more.
    pub now: Option<Line>,
}

/// A figure that is another today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureChange {
    /// The place; empty for all.
    pub place: String,
    /// Which figure, by its word.
    pub figure: &'static str,
    /// As the paper has it.
    pub then: Count,
    /// As it is known now.
    pub now: Count,
}

/// What has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Since {
    /// Loans: held against the same list of today.
    Lines(Vec<LineChange>),
    /// Figures: the same month as it is known now.
    Figures(Vec<FigureChange>),
}

impl Since {
    /// How many changes.
    pub fn len(&self) -> usize {
        match self {
            Since::Lines(lines) => lines.len(),
            Since::Figures(figures) => figures.len(),
        }
    }

    /// Whether nothing has changed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What has changed since a paper was made. A list is held against the same list of today, a month against what is known
/// of it now.
pub async fn since(db: &Db, tx: &mut Tx, ctx: &Ctx, paper: &Paper) -> Result<Since, Error> {
    let county = county::get(tx, ctx.county_id()).await?;
    if matches!(paper.kind, PaperKind::Monthly | PaperKind::Meeting) {
        let then = month::of_paper(tx, &county, paper, paper.known_at).await?;
        let now = month::of_paper(tx, &county, paper, i64::MAX).await?;
        let mut changes = Vec::new();
        figures(&mut changes, String::new(), &then.total, &now.total);
        let mut places: BTreeMap<i64, (String, Figures, Figures)> = BTreeMap::new();
        for row in &then.rows {
            places.insert(row.place_id, (row.name.clone(), row.now, Figures::default()));
        }
        for row in &now.rows {
            let place = places.entry(row.place_id).or_default();
            (place.0, place.2) = (row.name.clone(), row.now);
        }
        for (name, then, now) in places.into_values() {
            figures(&mut changes, name, &then, &now);
        }
        return Ok(Since::Figures(changes));
    }
    let then = lines::of_paper(db, tx, &county, paper, (paper.on_day, paper.known_at)).await?;
    let now = lines::of_paper(db, tx, &county, paper, (ctx.today, i64::MAX)).await?;
    let mut now: BTreeMap<i64, Line> = now.into_iter().map(|line| (line.loan_id, line)).collect();
    let mut changes = Vec::new();
    for line in then {
        let other = now.remove(&line.loan_id);
        if other.as_ref().is_none_or(|other| differs(&line, other)) {
            changes.push(LineChange { then: Some(line), now: other });
        }
    }
    let mut new: Vec<Line> = now.into_values().collect();
    new.sort_by(|one, other| (one.due_on, &one.number).cmp(&(other.due_on, &other.number)));
    changes.extend(new.into_iter().map(|line| LineChange { then: None, now: Some(line) }));
    Ok(Since::Lines(changes))
}

/// Whether anything that a reader acts on is otherwise: amounts, level, due day.
fn differs(one: &Line, other: &Line) -> bool {
    let facts = |line: &Line| (line.principal_fen, line.balance_fen, line.standing, line.due_on);
    facts(one) != facts(other) || one.contacts.len() != other.contacts.len()
}

fn figures(changes: &mut Vec<FigureChange>, place: String, then: &Figures, now: &Figures) {
    for ((figure, then), (_, now)) in then.named().into_iter().zip(now.named()) {
        if then != now {
            changes.push(FigureChange { place: place.clone(), figure, then, now });
        }
    }
}
