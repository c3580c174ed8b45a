//! How the system fares, told to whoever keeps it running.

use bangfu_domain::officer::Role;
use bangfu_sheets::Kind;
use bangfu_store::{Area, Scope};
use bangfu_usecase::account::{self, Attempt, Hashing, IDLE_SECONDS, NewAccount};
use bangfu_usecase::backup::{Kept, note, note_done};
use bangfu_usecase::checkup::{KeyPlace, Machine, Space, State};
use bangfu_usecase::error::Refusal;
use bangfu_usecase::system::{SystemState, look};
use bangfu_usecase::{Ctx, Error};
use jiff::SignedDuration;

use crate::slips::{ledger, sound};
use crate::stage::Stage;
use crate::story;

fn machine(free: u64) -> Machine {
    Machine {
        database: None,
        passing: Space { place: "/tmp".to_owned(), free: Some(free) },
        key: KeyPlace::Variable,
        clock_is_set: None,
        files_max: None,
    }
}

async fn seen(stage: &Stage, ctx: &Ctx) -> SystemState {
    look(&stage.db, ctx, &machine(1 << 40)).await.unwrap()
}

async fn a_system_tells_how_it_fares(stage: &Stage) {
    let ctx = stage.ctx();
    let state = seen(stage, &ctx).await;
    assert_eq!((state.closed_on, state.sessions, state.backup.clone()), (None, 0, None));
    assert!(state.findings.iter().any(|one| one.key == "doctor-backup-none"));
    assert!(state.imports.is_empty() && state.bytes > 0 && state.rules_since.is_some());
    assert_eq!(state.pack.map(|pack| pack.en), Some("Yizhang 2019".to_owned()));
    assert!(state.findings.iter().all(|one| one.state != State::Ill), "{:?}", state.findings);
    assert_eq!(state.is_shared, stage.db.is_shared());

    // A ledger that nobody closed, a disk that is full, somebody who is signed in, a backup.
    stage.read_in(Kind::Ledger, &ledger(&[sound(1)])).await;
    let hashing = Hashing::default();
    let (login, password) = ("zhao.min".to_owned(), "walks-through-every-door".to_owned());
    let new = NewAccount {
        login: login.clone(),
        name: "赵敏".to_owned(),
        role: Role::Leader,
        area: Area::County,
        password: Some(password.clone()),
    };
    account::create(&stage.db, &stage.ctx(), &hashing, &new).await.unwrap();
    let attempt = Attempt { login, password, address: String::new(), agent: String::new(), before: None };
    account::sign_in(&stage.db, &stage.ctx(), &hashing, &attempt).await.unwrap();
    note(&stage.db, &stage.ctx(), "book.bak", false).await.unwrap();
    assert_eq!(seen(stage, &stage.ctx()).await.backup, None, "what was begun may never have ended");
    let kept = Kept { machine: Some("archive".to_owned()), folder: "backups".to_owned() };
    note_done(&stage.db, &stage.ctx(), "book.bak", &kept).await.unwrap();
    note(&stage.db, &stage.ctx(), "later.bak", false).await.unwrap();
    let ctx = stage.ctx();
    let state = look(&stage.db, &ctx, &machine(1 << 20)).await.unwrap();
    assert_eq!(state.sessions, 1);
    let last = state.backup.unwrap();
    assert!(last.at < ctx.micros() && last.file.starts_with("archive: backups"), "{last:?}");
    assert!(last.file.ends_with("book.bak") && last.actor == "story");
    let told = state.findings.iter().find(|one| one.key == "doctor-backup").unwrap();
    assert!(told.args.contains(&("file", last.file)) && told.args.contains(&("who", last.actor)));
    assert_eq!(state.imports, [("taken".to_owned(), 1)]);
    let first: Vec<&str> = state.findings.iter().take(2).map(|one| one.key.as_str()).collect();
    assert_eq!(first, ["doctor-close-never", "doctor-space-little"], "the worst comes first");
    let later = Ctx { at: ctx.at + SignedDuration::from_secs(IDLE_SECONDS + 60), ..ctx.clone() };
    assert_eq!(seen(stage, &later).await.sessions, 0, "who was not seen for so long is gone");

    let township = Scope { area: Area::Division(7), ..ctx.scope };
    let refused = look(&stage.db, &Ctx { scope: township, ..ctx }, &machine(0)).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::NotFound))), "{refused:?}");
}
story!(a_system_tells_how_it_fares);
