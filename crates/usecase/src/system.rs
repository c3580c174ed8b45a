//! How the system fares, for whoever keeps it running: one page instead of a command line.

use std::path::Path;

use bangfu_domain::loan::days_between;
use bangfu_domain::policy::Words;
use bangfu_store::{Db, Tx, county, health, lease, rule_change, session};
use jiff::civil::Date;

use crate::account::IDLE_SECONDS;
use crate::backup::Kept;
use crate::checkup::{BEHIND_MAX, Finding, Machine, book};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::lease::NIGHT;
use crate::rules::Rules;

/// What is known of a running system.
#[derive(Debug, Clone)]
pub struct SystemState {
    /// The last closed day.
    pub closed_on: Option<Date>,
    /// Days since then, where they are more than a night makes.
    pub behind: Option<i32>,
    /// True where several servers may share the database: one of them goes through the night.
    pub is_shared: bool,
    /// Who holds the lease of the night.
    pub night: Option<String>,
    /// Files that were read in, by state.
    pub imports: Vec<(String, i64)>,
    /// The size of the database in bytes.
    pub bytes: u64,
    /// The pack of a contract signed today; none where no pack covers it.
    pub pack: Option<Words>,
    /// Since when the county is judged by the present rules, in microseconds since 1970.
    pub rules_since: Option<i64>,
    /// People who are signed in and have been seen lately.
    pub sessions: i64,
    /// The last backup that ended.
    pub backup: Option<LastBackup>,
    /// What is well and what is not, the worst first.
    pub findings: Vec<Finding>,
}

/// A backup that was written whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastBackup {
    /// When, in microseconds since 1970.
    pub at: i64,
    /// Who made it.
    pub actor: String,
    /// The file, with its folder and the machine where they are known.
    pub file: String,
}

/// The last backup of a county's book that was written whole, as the record tells it.
pub async fn last_backup(tx: &mut Tx, county_id: i64) -> Result<Option<LastBackup>, bangfu_store::Error> {
    Ok(health::backup(tx, county_id).await?.map(|found| {
        let kept: Option<Kept> = serde_json::from_str(&found.facts).ok();
        let file = match kept {
            Some(Kept { machine: Some(machine), folder }) => {
                format!("{machine}: {}", Path::new(&folder).join(&found.file).display())
            }
            Some(Kept { machine: None, folder }) => {
                Path::new(&folder).join(&found.file).display().to_string()
            }
            None => found.file,
        };
        LastBackup { at: found.at, actor: found.actor, file }
    }))
}

/// Looks at the system of the county in whose book somebody works who sees all of it or manages its people.
pub async fn look(db: &Db, ctx: &Ctx, machine: &Machine) -> Result<SystemState, Error> {
    let county_id = ctx.scope.whole().ok_or(Refusal::NotFound)?;
    let mut findings = book(db, ctx.at, machine, Some(county_id)).await?;
    findings.extend(machine.findings());
    findings.sort_by_key(|one| std::cmp::Reverse(one.state));
    let mut tx = db.read().await?;
    let county = county::get(&mut tx, county_id).await?;
    let rules = Rules::load(&mut tx, &county, None).await?;
    let seen_after = ctx.micros() - IDLE_SECONDS * 1_000_000;
    let behind = county.closed_on.map(|closed| days_between(closed, ctx.today));
    Ok(SystemState {
        closed_on: county.closed_on,
        behind: behind.filter(|days| *days > BEHIND_MAX),
        is_shared: db.is_shared(),
        night: lease::get(&mut tx, NIGHT).await?.map(|lease| lease.holder),
        imports: health::imports(&mut tx, Some(county_id)).await?,
        bytes: u64::try_from(health::size(&mut tx).await?).unwrap_or(0),
        pack: rules.pack(ctx.today).map(|pack| pack.name.clone()),
        rules_since: rule_change::at(&mut tx, county_id, i64::MAX).await?.map(|(at, _)| at),
        sessions: session::count_live(&mut tx, county_id, ctx.micros(), seen_after).await?,
        backup: last_backup(&mut tx, county_id).await?,
        findings,
    })
}
