//! Looks at imports that are kept for a while: whoever goes from one page of a check to the next must not wait for the
//! file to be read and compared anew.

use std::sync::{Arc, Mutex, PoisonError};

use bangfu_usecase::import::{self, Look};
use jiff::civil::Date;
use tokio::runtime::Handle;

use crate::web::failure::Failure;
use crate::web::frame::Face;

/// How many are kept: a report of a long file is large.
const KEPT: usize = 2;

/// What a look holds for: the import, the last change of the county's book, and the day.
type Moment = (i64, i64, Date);

/// Looks with the moments for which they hold, the last used at the end.
type Kept = Vec<(Moment, Arc<Look>)>;

/// The looks that are kept.
#[derive(Debug, Clone, Default)]
pub(crate) struct Looks(Arc<Mutex<Kept>>);

impl Looks {
    fn with<T>(&self, work: impl FnOnce(&mut Kept) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn get(&self, moment: Moment) -> Option<Arc<Look>> {
        self.with(|kept| {
            let found = kept.remove(kept.iter().position(|(of, _)| *of == moment)?);
            let look = Arc::clone(&found.1);
            kept.push(found);
            Some(look)
        })
    }

    fn keep(&self, moment: Moment, look: &Arc<Look>) {
        self.with(|kept| {
            kept.retain(|(of, _)| of.0 != moment.0);
            kept.push((moment, Arc::clone(look)));
            let over = kept.len().saturating_sub(KEPT);
            kept.drain(..over);
        });
    }
}

/// What is known of an import now. The work is done beside the threads that answer requests.
pub(in crate::web::import) async fn look(face: &Face, import_id: i64) -> Result<Arc<Look>, Failure> {
    let change = face.county(&mut face.app.db.read().await?).await?.change_seq;
    let moment = (import_id, change, face.app.today());
    if let Some(look) = face.looks.get(moment) {
        return Ok(look);
    }
    let (db, ctx) = (face.app.db.clone(), face.ctx());
    let work = move || Handle::current().block_on(import::look(&db, &ctx, import_id));
    let look = tokio::task::spawn_blocking(work).await.map_err(|error| Failure::Broken(error.into()))?;
    let look = Arc::new(look?);
    face.looks.keep(moment, &look);
    Ok(look)
}

#[cfg(test)]
mod tests {
    use bangfu_store::import::{Import, Status};
    use bangfu_usecase::import::Report;
    use jiff::civil::date;

    use super::*;

    fn look(import_id: i64) -> Arc<Look> {
        let text = String::new;
        let import = Import {
            import_id,
            kind: text(),
            file_name: text(),
            file_hash: text(),
            as_of: None,
            until_on: None,
            layout: None,
            status: Status::Staged,
            rows_done: 0,
            report: text(),
            actor: text(),
            created_at: 0,
            taken_at: None,
            counts: None,
            undone_by: None,
            undone_at: None,
            revision: 0,
        };
        let (report, error_cells, finding_cells, mended) = (Report::default(), vec![], vec![], vec![]);
        Arc::new(Look { import, report, error_cells, finding_cells, mended })
    }

    #[test]
    fn a_look_holds_until_the_book_changes_and_the_last_used_are_kept() {
        let (looks, day) = (Looks::default(), date(2019, 6, 17));
        for import in 1..=KEPT as i64 {
            looks.keep((import, 5, day), &look(import));
        }
        assert!(looks.get((1, 6, day)).is_none() && looks.get((1, 5, date(2019, 6, 18))).is_none());
        assert!(looks.get((1, 5, day)).is_some(), "now the last used");
        looks.keep((9, 5, day), &look(9));
        assert!(looks.get((1, 5, day)).is_some() && looks.get((2, 5, day)).is_none());
        looks.keep((9, 6, day), &look(9));
        assert!(looks.get((9, 5, day)).is_none() && looks.get((1, 5, day)).is_some(), "in its own place");
    }
}
