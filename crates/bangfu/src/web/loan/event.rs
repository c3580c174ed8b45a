//! What happened to a loan, as its page tells it.

use bangfu_domain::loan::EventKind;
use bangfu_domain::money::Fen;

use super::one::Told;
use super::view::EventRow;

impl Told<'_> {
    pub(super) fn events(&self) -> Vec<EventRow> {
        let mut rows: Vec<EventRow> = Vec::new();
        for stored in self.detail.events.iter().rev() {
            let (key, amount) = told(&stored.event.kind);
            let mut what = self.lang.text(&format!("event-{key}"));
            if let EventKind::Placed { placement } = &stored.event.kind {
                let manager = placement.manager_id.and_then(|id| self.detail.officers.get(&id));
                let parts = [
                    Some(self.place_on(placement.village_id, stored.event.effective_on)),
                    self.detail.branches.get(&placement.branch_id).cloned(),
                    manager.cloned(),
                ];
                let parts: Vec<String> = parts.into_iter().flatten().collect();
                what = format!("{what} {}", parts.join(" · "));
            }
            if let EventKind::Extended { due_on } = stored.event.kind {
                what = format!("{what} {}", self.lang.day(due_on));
            }
            rows.push(EventRow {
                on: stored.event.effective_on,
                what,
                amount,
                recorded_at: self.face.local(stored.event.recorded_at),
                source: stored.import_id.and_then(|id| self.source(id)),
            });
        }
        rows.sort_by_key(|row| std::cmp::Reverse(row.on));
        rows
    }
}

/// The key of an event's text, and the amount that it moves or states.
fn told(kind: &EventKind) -> (&'static str, Option<Fen>) {
    match kind {
        EventKind::Opened { terms, .. } => ("opened", Some(terms.principal_fen)),
        EventKind::Described { .. } => ("described", None),
        EventKind::Placed { .. } => ("placed", None),
        EventKind::Position { repaid_fen, .. } => ("position", Some(*repaid_fen)),
        EventKind::Repaid { amount_fen } => ("repaid", Some(*amount_fen)),
        EventKind::Corrected { .. } => ("corrected", None),
        EventKind::Extended { .. } => ("extended", None),
        EventKind::Renewed { .. } => ("renewed", None),
        EventKind::Reversed { .. } => ("reversed", None),
    }
}
