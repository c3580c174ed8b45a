//! PostgreSQL plans for the tables as they are, not as they were when a connection first asked.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use bangfu_store::county::Stamp;
use bangfu_store::testing::fresh_postgres;
use bangfu_store::{Address, Db, Turn, audit, statistics};

#[tokio::test(flavor = "multi_thread")]
async fn a_large_take_over_is_known_at_once_and_no_plan_outlives_its_tables() {
    let db = Db::create(&Address::Postgres(fresh_postgres().await.unwrap())).await.unwrap();
    let known = async || {
        let mut tx = db.read().await.unwrap();
        let sql = "SELECT CAST(reltuples AS BIGINT) FROM pg_class WHERE oid = CAST('change' AS regclass)";
        tx.fetch_one(sql, &[]).await.unwrap().int(0).unwrap()
    };
    let mut tx = db.write(Turn::None).await.unwrap();
    // Every other number: what stands in a row is one line.
    let ids: Vec<i64> = (0..600).map(|n| n * 2).collect();
    audit::note_changes(&mut tx, 1, Stamp { change_seq: 1, at: 0, new_from: i64::MAX }, "loan", &ids)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    statistics::renew(&db, 10).await;
    assert!(known().await <= 0, "a few rows are not worth it");
    statistics::renew(&db, ids.len()).await;
    assert_eq!(known().await, 600);
    let mut tx = db.read().await.unwrap();
    let mode = tx.fetch_one("SHOW plan_cache_mode", &[]).await.unwrap().text(0).unwrap();
    assert_eq!(mode, "force_custom_plan");
}
