//! A book goes into a file while others write in it, and out of the file into either database, row by row the same.

use std::io::{Cursor, Read, Write};

use bangfu_domain::difference::Way;
use bangfu_sheets::Kind;
use bangfu_store::shape::{self, Shape};
use bangfu_store::value::Value;
use bangfu_store::{Address, Db, county, dump};
use bangfu_usecase::Error;
use bangfu_usecase::backup::{self, Foot, Head};
use bangfu_usecase::difference::resolve;
use bangfu_usecase::error::Refusal;
use bangfu_usecase::import;
use bangfu_usecase::rebuild::compare;
use jiff::Timestamp;
use jiff::civil::date;

use crate::any_book::identity;
use crate::broken_off::drop_after;
use crate::slips::{ledger, open, sound};
use crate::stage::{Engine, Place, Stage, demo, upload};

const BOTH: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];

async fn back_up(db: &Db) -> (Vec<u8>, Head, Foot) {
    let mut file = Vec::new();
    let (head, foot) = backup::write(db, Timestamp::UNIX_EPOCH, None, &mut file, |_, _| {}).await.unwrap();
    assert_eq!(backup::check(file.as_slice()).unwrap(), (head.clone(), foot.clone()));
    (file, head, foot)
}

async fn restore(address: &Address, file: &[u8]) -> Result<(Head, Foot), Error> {
    backup::restore(address, Cursor::new(file), |_| {}).await
}

/// Every row of every table as the database has it.
async fn rows(db: &Db) -> Vec<(Shape, Vec<Vec<Value>>)> {
    let mut tx = db.read().await.unwrap();
    let mut all = Vec::new();
    for table in shape::tables(&mut tx).await.unwrap() {
        let mut rows = Vec::new();
        dump::each_row(&mut tx, &table, |row| {
            rows.push(row);
            Ok::<(), bangfu_store::Error>(())
        })
        .await
        .unwrap();
        all.push((table, rows));
    }
    all
}

/// Some of everything: loans, people with secrets, differences, closed days, a file taken back, one that is staged.
async fn live(stage: &Stage) {
    let book: Vec<String> = (1..=300).map(sound).collect();
    stage.read_in(Kind::Ledger, &ledger(&book)).await;
    stage.read_in(Kind::Officers, &demo("yizhang/officers.xlsx")).await;
    stage.read_in(Kind::Repayments, &strangers()).await;
    let late = import::stage(&stage.db, &stage.ctx(), &upload(Kind::Ledger, &ledger(&[sound(9_000)]))).await;
    import::take(&stage.db, &stage.ctx(), late.unwrap(), import::Take::Good, &import::Meter::default())
        .await
        .unwrap();
    import::stage(&stage.db, &stage.ctx(), &upload(Kind::Ledger, &ledger(&[sound(9_001)]))).await.unwrap();
    stage.close(date(2019, 5, 10)).await;
}

async fn a_book_moves_to_either_database_row_by_row(stage: &Stage) {
    live(stage).await;
    let before = rows(&stage.db).await;
    let (file, head, foot) = back_up(&stage.db).await;
    assert_eq!(head.counties.len(), 1);
    let told: Vec<u64> = foot.tables.iter().map(|sum| sum.rows).collect();
    let there: Vec<u64> = before.iter().map(|(_, rows)| rows.len() as u64).collect();
    assert_eq!(told, there);
    let some = ["secret", "loan_event", "import_page", "day_figure", "difference", "audit", "import_before"];
    for name in some {
        assert!(foot.tables.iter().any(|sum| sum.table == name && sum.rows > 0), "{name} is empty");
    }
    for engine in BOTH {
        let place = Place::new(engine).await;
        restore(&place.address, &file).await.unwrap();
        let db = Db::open(&place.address).await.unwrap();
        let after = rows(&db).await;
        for ((table, rows), (other, others)) in before.iter().zip(&after) {
            assert_eq!((table, rows), (other, others), "{engine:?}");
        }
        assert_eq!(before.len(), after.len());
        // And the way back.
        let (again, ..) = back_up(&db).await;
        assert_eq!(again, file, "{engine:?}");
        // Where a book is, none is restored.
        let refused = restore(&place.address, &file).await;
        assert!(matches!(refused, Err(Error::Store(bangfu_store::Error::Exists(_)))), "{refused:?}");
        assert_eq!(rows(&db).await, after, "the book there is left as it was");
        // Names, secrets and derived rows are good for what they are made for.
        assert!(compare(&db, &stage.ctx()).await.unwrap().is_equal());
        let unmasked = stage.unmasked(&stage.db).await;
        assert_eq!(unmasked, stage.unmasked(&db).await);
        assert!(unmasked.iter().any(|identity| identity.starts_with("431099")));
        db.close().await;
    }
}

mod a_book_moves {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn from_sqlite() {
        a_book_moves_to_either_database_row_by_row(&Stage::new(Engine::Sqlite).await).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn from_postgres() {
        a_book_moves_to_either_database_row_by_row(&Stage::new(Engine::Postgres).await).await;
    }
}

/// Tables whose rows are only ever added and bear the number of their change.
const ADDED: [&str; 4] = ["audit", "change", "difference_step", "loan_event"];

/// What a book had written up to a change.
fn up_to(book: &[(Shape, Vec<Vec<Value>>)], change: i64) -> Vec<(String, Vec<Vec<Value>>)> {
    let tables = book.iter().filter(|(table, _)| ADDED.contains(&table.name.as_str()));
    tables
        .map(|(table, rows)| {
            let at = table.columns.iter().position(|(name, _)| name == "change_seq").unwrap();
            let is_early = |row: &&Vec<Value>| matches!(row[at], Value::Int(Some(seq)) if seq <= change);
            (table.name.clone(), rows.iter().filter(is_early).cloned().collect())
        })
        .collect()
}

const WRITES: usize = 240;
const USERS: usize = 8;

/// Movements of loans that nobody has: each becomes a difference that somebody looks into.
fn strangers() -> Vec<u8> {
    let mut text =
        "机构名称,客户名称,证件号码,借据号,交易日期,交易类型,交易金额,贷款余额,流水号\n".to_owned();
    for index in 0..WRITES {
        let who = identity(index);
        text += &format!("农商银行某支行,某人,{who},X{index},20190501,还本,100,0,S{index}\n");
    }
    text.into_bytes()
}

async fn what_is_written_meanwhile_is_in_the_file_whole_or_not_at_all(stage: &Stage) {
    let book: Vec<String> = (1..=600).map(sound).collect();
    stage.read_in(Kind::Ledger, &ledger(&book)).await;
    assert_eq!(stage.read_in(Kind::Repayments, &strangers()).await.differences, WRITES);
    let found = open(stage).await;
    let mut users = tokio::task::JoinSet::new();
    for user in 0..USERS {
        let mine: Vec<i64> =
            found.iter().skip(user).step_by(USERS).map(|difference| difference.difference_id).collect();
        let (db, ctx) = (stage.db.clone(), stage.ctx());
        users.spawn(async move {
            for difference_id in mine {
                resolve(&db, &ctx, difference_id, Way::CorrectedAtBank, "已与支行核对").await.unwrap();
            }
        });
    }
    let more: Vec<String> = (601..=1_200).map(sound).collect();
    let (db, ctx) = (stage.db.clone(), stage.ctx());
    users.spawn(async move {
        let upload = upload(Kind::Ledger, &ledger(&more));
        let import_id = import::stage(&db, &ctx, &upload).await.unwrap();
        import::take(&db, &ctx, import_id, import::Take::Good, &import::Meter::default()).await.unwrap();
    });
    let mut files = Vec::new();
    while !users.is_empty() {
        files.push(back_up(&stage.db).await);
        while let Some(user) = users.try_join_next() {
            user.expect("no write is refused or waits for a backup");
        }
    }
    let last = rows(&stage.db).await;
    let changes: Vec<i64> = files.iter().map(|(_, head, _)| head.counties[0].change_seq).collect();
    let now = county::get(&mut stage.db.read().await.unwrap(), 431_022).await.unwrap().change_seq;
    assert!(changes.iter().any(|change| *change < now), "nobody wrote meanwhile: {changes:?} {now}");
    // The first, the one in the midst and the last.
    for at in [0, files.len() / 2, files.len() - 1] {
        let (file, head, _) = &files[at];
        let place = Place::new(BOTH[at % 2]).await;
        restore(&place.address, file).await.unwrap();
        let db = Db::open(&place.address).await.unwrap();
        let change = head.counties[0].change_seq;
        let there = county::get(&mut db.read().await.unwrap(), 431_022).await.unwrap();
        assert_eq!(there.change_seq, change);
        let restored = rows(&db).await;
        assert_eq!(
            up_to(&restored, i64::MAX),
            up_to(&last, change),
            "each row up to change {change}, and no other"
        );
        let day = date(2019, 6, 17);
        let known = stage.export(day, Some(there.last_at)).await;
        assert_eq!(stage.export_of(&db, day).await, known, "the book as it was known then");
        assert!(compare(&db, &stage.ctx()).await.unwrap().is_equal());
        db.close().await;
    }
}
crate::story!(what_is_written_meanwhile_is_in_the_file_whole_or_not_at_all);

/// A book with a few rows in a file.
async fn small() -> Vec<u8> {
    let stage = Stage::new(Engine::Sqlite).await;
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    back_up(&stage.db).await.0
}

fn unpacked(file: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    text
}

fn packed(text: &str) -> Vec<u8> {
    let mut file = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    file.write_all(text.as_bytes()).unwrap();
    file.finish().unwrap()
}

/// Why a file is refused, and that nothing is left where it was to be restored.
async fn refused(place: &Place, file: &[u8]) -> Refusal {
    let Err(Error::Refused(why)) = restore(&place.address, file).await else { panic!("it was not refused") };
    assert!(Db::open(&place.address).await.is_err());
    assert!(place.is_bare(), "{why:?}");
    why
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_whole_is_refused_and_leaves_nothing() {
    let file = small().await;
    for length in [0, 1, 9, 10, 200, file.len() / 2, file.len() - 9, file.len() - 8, file.len() - 1] {
        let why = backup::check(&file[..length]).unwrap_err();
        assert!(matches!(why, Error::Refused(Refusal::BackupCut | Refusal::BackupNone)), "{length}: {why}");
    }
    // Each byte after the ten that say how it is packed.
    let step = (file.len() / 400).max(1);
    for at in (10..file.len()).step_by(step) {
        let mut damaged = file.clone();
        damaged[at] ^= 0x10;
        let why = backup::check(damaged.as_slice()).map(|_| ()).expect_err("a damaged byte is noticed");
        assert!(matches!(why, Error::Refused(_)), "{at}: {why}");
    }
    let longer = [file.as_slice(), b"\0"].concat();
    assert!(backup::check(longer.as_slice()).is_err());
    // What was packed again after it was changed: the checksums of the tables notice.
    let text = unpacked(&file);
    let changed = packed(&text.replace("5000000", "5000001"));
    assert_ne!(unpacked(&changed), text);
    let lines: Vec<&str> = text.lines().collect();
    let dropped =
        packed(&[lines[..lines.len() - 30].join("\n"), lines[lines.len() - 29..].join("\n")].join("\n"));
    for engine in BOTH {
        let place = Place::new(engine).await;
        assert!(
            matches!(refused(&place, &changed).await, Refusal::BackupDamaged { table } if !table.is_empty())
        );
        assert!(matches!(
            refused(&place, &dropped).await,
            Refusal::BackupDamaged { .. } | Refusal::BackupCut
        ));
        assert_eq!(refused(&place, &file[..file.len() / 2]).await, Refusal::BackupCut);
        assert_eq!(refused(&place, b"PK\x03\x04 a workbook").await, Refusal::BackupNone);
        assert_eq!(refused(&place, &packed("{\"a\": 1}\n")).await, Refusal::BackupNone);
        let newer = packed("{\"bangfu_backup\": 2, \"program\": \"9.0.0\"}\n");
        assert_eq!(refused(&place, &newer).await, Refusal::BackupNewer { program: "9.0.0".to_owned() });
        // Afterwards the whole file goes in.
        restore(&place.address, &file).await.unwrap();
    }
}

/// The file with another head that is sound in itself.
fn with_head(file: &[u8], from: &str, to: &str) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    let sum = |line: &str| -> String {
        Sha256::digest(format!("{line}\n")).iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let text = unpacked(file);
    let (head, rest) = text.split_once('\n').unwrap();
    let other = head.replacen(from, to, 1);
    assert_ne!(other, head);
    packed(&format!("{other}\n{}", rest.replace(&sum(head), &sum(&other))))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_other_tables_is_refused() {
    let file = small().await;
    for engine in BOTH {
        let place = Place::new(engine).await;
        let newest = format!("\"schema\":{}", bangfu_store::NEWEST);
        let newer = with_head(&file, &newest, "\"schema\":99");
        assert!(matches!(refused(&place, &newer).await, Refusal::BackupNewer { .. }));
        let other = with_head(&file, "\"name\":\"lender\"", "\"name\":\"lenders\"");
        assert!(matches!(refused(&place, &other).await, Refusal::BackupDamaged { .. }));
        let other = with_head(&file, "[\"until_on\",\"date\"]", "[\"until_on\",\"text\"]");
        assert!(
            matches!(refused(&place, &other).await, Refusal::BackupShape { table, .. } if table == "branch")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_is_killed_leaves_no_book_and_is_begun_again() {
    let file = small().await;
    for engine in BOTH {
        let place = Place::new(engine).await;
        let mut steps = 1;
        while drop_after(restore(&place.address, &file), steps).await.is_none() {
            // A connection that was dropped in the midst is closed by a task of its own.
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            let left = Db::open(&place.address).await;
            // Killed between the name and the answer, the book is there and whole.
            if let Ok(db) = left {
                db.close().await;
                break;
            }
            steps = steps * 3 / 2 + 1;
        }
        let db = Db::open(&place.address).await.unwrap();
        assert_eq!(back_up(&db).await.0, file);
        db.close().await;
    }
}
