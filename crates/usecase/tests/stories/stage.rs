//! A fresh database for each story, of either kind, and the short words in which stories are told.

use std::path::PathBuf;

use bangfu_sheets::Kind;
use bangfu_sheets::divisions::{self, DivisionLine};
use bangfu_sheets::read::read_book;
use bangfu_store::board::Axis;
use bangfu_store::testing::fresh_postgres;
use bangfu_store::{Address, Db, Scope, county};
use bangfu_usecase::board::{Board, board};
use bangfu_usecase::close::{ClosedDay, close};
use bangfu_usecase::export::{self, ExportRow};
use bangfu_usecase::fill::{Filled, Plan, fill};
use bangfu_usecase::import::{self, Meter, Report, Take, Upload};
use bangfu_usecase::init::{NewBook, TIME_ZONE, init};
use bangfu_usecase::{Ctx, Error};
use jiff::Timestamp;
use jiff::civil::{Date, date};

/// The kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// Where a database may be made.
pub(crate) struct Place {
    pub(crate) address: Address,
    folder: tempfile::TempDir,
}

impl Place {
    pub(crate) async fn new(engine: Engine) -> Place {
        let folder = tempfile::tempdir().unwrap();
        let address = match engine {
            Engine::Sqlite => Address::Sqlite(folder.path().join("place.db")),
            Engine::Postgres => Address::Postgres(fresh_postgres().await.unwrap()),
        };
        Place { address, folder }
    }

    /// True if no file was left but a key.
    pub(crate) fn is_bare(&self) -> bool {
        let mut left = std::fs::read_dir(self.folder.path()).unwrap();
        left.all(|file| file.unwrap().file_name().to_string_lossy().ends_with(".key"))
    }
}

/// Where a story is played.
pub(crate) struct Stage {
    pub(crate) db: Db,
    address: Address,
    clock: std::sync::atomic::AtomicI64,
    _folder: tempfile::TempDir,
}

impl Stage {
    /// Yizhang's places and nothing else.
    pub(crate) async fn new(engine: Engine) -> Stage {
        Stage::with_places(engine, yizhang()).await
    }

    /// These places and nothing else.
    pub(crate) async fn with_places(engine: Engine, lines: Vec<DivisionLine>) -> Stage {
        let folder = tempfile::tempdir().unwrap();
        let address = match engine {
            Engine::Sqlite => Address::Sqlite(folder.path().join("story.db")),
            Engine::Postgres => Address::Postgres(fresh_postgres().await.unwrap()),
        };
        let book = NewBook {
            counties: vec!["431022".to_owned()],
            pack: None,
            time_zone: TIME_ZONE.to_owned(),
            demo: false,
            at: Timestamp::UNIX_EPOCH,
        };
        let db = init(&address, &lines, &book).await.unwrap();
        Stage { db, address, clock: std::sync::atomic::AtomicI64::new(1_600_000_000), _folder: folder }
    }

    /// A book filled with made-up loans.
    pub(crate) async fn filled(engine: Engine, plan: Plan) -> (Stage, Filled) {
        let folder = tempfile::tempdir().unwrap();
        let address = match engine {
            Engine::Sqlite => Address::Sqlite(folder.path().join("filled.db")),
            Engine::Postgres => Address::Postgres(fresh_postgres().await.unwrap()),
        };
        let book = NewBook {
            counties: vec!["431022".to_owned()],
            pack: None,
            time_zone: TIME_ZONE.to_owned(),
            demo: true,
            at: Timestamp::UNIX_EPOCH,
        };
        let filled = fill(&address, &yizhang(), &book, plan, |_| {}).await.unwrap();
        let db = Db::open(&address).await.unwrap();
        let clock = std::sync::atomic::AtomicI64::new(1_600_000_000);
        (Stage { db, address, clock, _folder: folder }, filled)
    }

    /// The same database as another process sees it.
    pub(crate) async fn elsewhere(&self) -> Db {
        Db::open(&self.address).await.unwrap()
    }

    /// Where the book stands.
    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// The keys of the book, as text.
    pub(crate) fn key_text(&self) -> String {
        bangfu_store::key::text_of(&self.address).unwrap()
    }

    /// Lets the book name another key.
    pub(crate) async fn names_key(&self, text: &str) {
        let mut tx = self.db.write(431_022).await.unwrap();
        bangfu_store::testing::name_key(&mut tx, text).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A context whose instant is a second after the last one's.
    pub(crate) fn ctx(&self) -> Ctx {
        let seconds = self.clock.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Ctx {
            actor: "story".to_owned(),
            role: None,
            at: Timestamp::from_second(seconds).unwrap(),
            today: date(2019, 6, 17),
            scope: Scope::county(431_022),
            reason: None,
            request_id: String::new(),
            client_id: String::new(),
        }
    }

    /// What a file would change.
    pub(crate) async fn check(&self, kind: Kind, bytes: &[u8]) -> Report {
        import::check(&self.db, &self.ctx(), &upload(kind, bytes), &Meter::default()).await.unwrap()
    }

    /// What a file would change, or why it is refused.
    pub(crate) async fn try_check(&self, kind: Kind, bytes: &[u8]) -> Result<Report, Error> {
        import::check(&self.db, &self.ctx(), &upload(kind, bytes), &Meter::default()).await
    }

    /// Sets the clock back by so many seconds: another machine writes whose clock is behind.
    pub(crate) fn clock_back(&self, seconds: i64) {
        self.clock.fetch_sub(seconds, std::sync::atomic::Ordering::SeqCst);
    }

    /// Reads a file's good rows in.
    pub(crate) async fn read_in(&self, kind: Kind, bytes: &[u8]) -> Report {
        self.take(kind, bytes, Take::Good).await.unwrap()
    }

    /// Reads a file in.
    pub(crate) async fn take(&self, kind: Kind, bytes: &[u8], take: Take) -> Result<Report, Error> {
        let import_id = import::stage(&self.db, &self.ctx(), &upload(kind, bytes)).await?;
        import::take(&self.db, &self.ctx(), import_id, take, &Meter::default()).await
    }

    /// Every loan disbursed by a day, as known now or at an instant.
    pub(crate) async fn export(&self, day: Date, known_at: Option<i64>) -> Vec<ExportRow> {
        export::loans(&self.db, &self.ctx(), day, known_at, None).await.unwrap()
    }

    /// Every loan of another database disbursed by a day.
    pub(crate) async fn export_of(&self, db: &Db, day: Date) -> Vec<ExportRow> {
        export::loans(db, &self.ctx(), day, None, None).await.unwrap()
    }

    /// The identity numbers of another database.
    pub(crate) async fn unmasked(&self, db: &Db) -> Vec<String> {
        let ctx = Ctx { reason: Some("核对".to_owned()), ..self.ctx() };
        let rows = export::loans(db, &ctx, date(2019, 6, 17), None, Some("核对")).await.unwrap();
        rows.into_iter().map(|row| row.identity).collect()
    }

    /// Closes every day up to a day.
    pub(crate) async fn close(&self, to: Date) -> Vec<ClosedDay> {
        close(&self.db, &self.ctx(), to, |_| {}).await.unwrap()
    }

    /// The board of a day, as known now or at an instant.
    pub(crate) async fn board(&self, axis: Axis, day: Date, known_at: Option<i64>) -> Board {
        let mut tx = self.db.read().await.unwrap();
        board(&mut tx, &self.ctx().scope, axis, day, known_at).await.unwrap()
    }

    /// The day up to which the county is closed.
    pub(crate) async fn closed_on(&self) -> Option<Date> {
        county::get(&mut self.db.read().await.unwrap(), 431_022).await.unwrap().closed_on
    }
}

/// A file as it is uploaded, without a day.
pub(crate) fn upload(kind: Kind, bytes: &[u8]) -> Upload {
    Upload {
        kind,
        file_name: "story".to_owned(),
        file_hash: String::new(),
        book: read_book(bytes).unwrap(),
        as_of: None,
        until_on: None,
        layout: None,
        mended: 0,
    }
}

/// Yizhang's division list.
pub(crate) fn yizhang() -> Vec<DivisionLine> {
    divisions::read(&read_book(&demo("divisions/yizhang.csv")).unwrap()).unwrap()
}

/// A file of the demo's books.
pub(crate) fn demo(path: &str) -> Vec<u8> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../demo");
    std::fs::read(root.join(path)).unwrap()
}

/// Plays a story on both kinds of database.
#[macro_export]
macro_rules! story {
    ($name:ident) => {
        mod $name {
            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                super::$name(&$crate::stage::Stage::new($crate::stage::Engine::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                super::$name(&$crate::stage::Stage::new($crate::stage::Engine::Postgres).await).await;
            }
        }
    };
}
