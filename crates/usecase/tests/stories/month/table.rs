//! What the book says at the month's end, held against the table.

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::money::Fen;
use bangfu_domain::officer::Role;
use bangfu_domain::policy::Recipient;
use bangfu_domain::reward::RewardKind;
use bangfu_domain::warning::Standing;
use bangfu_store::board::Axis;
use bangfu_store::{bank, county, division, loan, notice, task, testing};
use bangfu_usecase::rebuild::compare;
use bangfu_usecase::reward;
use jiff::civil::Date;

use super::model::{Account, OPENING, Office};
use super::{COUNTY, Cast, MAKER, Month, may};

impl Month<'_> {
    pub(super) async fn is_as_the_table_says(&self, cast: &Cast) {
        let mut tx = self.stage.db.read().await.unwrap();
        let county = county::get(&mut tx, COUNTY).await.unwrap();
        let numbers: BTreeMap<i64, String> = loan::all(&mut tx, COUNTY)
            .await
            .unwrap()
            .into_iter()
            .map(|loan| (loan.loan_id, loan.number))
            .collect();
        let mut codes: BTreeMap<i64, String> = division::subtree(&mut tx, county.division_id, may(31))
            .await
            .unwrap()
            .into_iter()
            .map(|place| (place.division_id, place.code))
            .collect();
        codes.insert(county.division_id, "宜章县".to_owned());
        let branches = bank::branches(&mut tx, COUNTY).await.unwrap();
        let branches: BTreeMap<i64, String> =
            branches.into_iter().map(|branch| (branch.branch_id, branch.name)).collect();
        let mut alerts: BTreeMap<Date, BTreeSet<_>> = BTreeMap::new();
        for (on, loan_id, kind, level, about, at_once) in testing::alerts(&mut tx, COUNTY).await.unwrap() {
            alerts.entry(on).or_default().insert((numbers[&loan_id].clone(), kind, level, about, at_once));
        }
        let mut notices: BTreeMap<Office, BTreeMap<(String, Standing), i64>> = BTreeMap::new();
        for day in (1..=31).map(may) {
            assert_eq!(alerts.get(&day), self.model.alerts.get(&day), "what is told on {day}");
            for one in notice::of_day(&mut tx, COUNTY, day).await.unwrap() {
                let names = if one.recipient == Recipient::Branch { &branches } else { &codes };
                let counts: Vec<serde_json::Value> = serde_json::from_str(&one.counts).unwrap();
                let counts = counts.iter().map(|count| {
                    let word = |key: &str| count[key].as_str().unwrap().to_owned();
                    let level = Standing::ALL.into_iter().find(|level| level.key() == word("level")).unwrap();
                    ((word("kind"), level), count["loans"].as_i64().unwrap())
                });
                let office = (day, one.recipient, names[&one.place_id].clone(), one.at_once);
                assert!(notices.insert(office, counts.collect()).is_none(), "one notice an office");
            }
        }
        assert_eq!(notices, self.model.notices);
        assert!(
            notices.len() > 500 && self.model.alerts.len() == 24,
            "a month of a county: {}",
            notices.len()
        );
        self.tasks_are_as_the_table_says(&mut tx, &numbers, cast).await;
        drop(tx);
        // The overdue rate to the fen, and the derived book against its events.
        let day = may(31);
        let until = |account: &Account| self.model.until.get(&account.bank()).copied().unwrap_or(OPENING);
        let total = self.stage.board(Axis::County, day, None).await.total;
        let owed = |wanted: &dyn Fn(&Account) -> bool| -> i64 {
            let accounts = self.model.accounts.values().filter(|one| one.disbursed <= day && wanted(one));
            accounts.map(|account| account.owed(day)).sum()
        };
        let overdue = owed(&|account| account.standing(day, until(account)) == Standing::Overdue);
        assert!(overdue > 0);
        assert_eq!(total.get(Standing::Overdue).balance_fen, Fen::new(overdue));
        assert_eq!(total.owing().balance_fen, Fen::new(owed(&|_| true)));
        assert!(compare(&self.stage.db, &self.stage.ctx()).await.unwrap().is_equal());
        self.rewards_are_as_the_table_says().await;
    }

    /// Two percent of what was lent to a household that repaid by its contract's day, five to the enterprise that carries it.
    async fn rewards_are_as_the_table_says(&self) {
        let (first, last) = (may(1), may(31));
        let mut expected: BTreeSet<(String, RewardKind, i64)> = BTreeSet::new();
        for (number, account) in &self.model.accounts {
            let Some(settled) = account.settled(last).filter(|day| *day >= first) else { continue };
            if account.renewed || settled > account.due {
                continue;
            }
            let part = |percent: i64| (account.principal * percent + 50) / 100;
            expected.insert((number.clone(), RewardKind::Household, part(2)));
            if account.carried {
                expected.insert((number.clone(), RewardKind::Enterprise, part(5)));
            }
        }
        let ctx = self.ctx(last, Role::CentreClerk);
        let list_id = reward::propose(&self.stage.db, &ctx, MAKER, (first, last)).await.unwrap();
        let list = reward::look(&mut self.stage.db.read().await.unwrap(), &ctx, list_id).await.unwrap();
        let entries = list.entries.iter().map(|one| &one.entry);
        let found: BTreeSet<_> =
            entries.map(|one| (one.number.clone(), one.kind, one.amount_fen.get())).collect();
        assert_eq!(found, expected);
        assert!(found.len() > 50 && found.iter().any(|(_, kind, _)| *kind == RewardKind::Enterprise));
    }

    async fn tasks_are_as_the_table_says(
        &self,
        tx: &mut bangfu_store::Tx,
        numbers: &BTreeMap<i64, String>,
        cast: &Cast,
    ) {
        let ids: Vec<i64> = numbers.keys().copied().collect();
        let open = task::of_loans(tx, COUNTY, &ids).await.unwrap();
        let open: BTreeMap<&str, _> =
            open.iter().map(|stored| (numbers[&stored.loan_id].as_str(), stored.task)).collect();
        let duties = self.model.accounts.iter().filter_map(|(number, account)| Some((number, account.duty?)));
        let duties: BTreeMap<&str, _> = duties.map(|(number, duty)| (number.as_str(), duty)).collect();
        assert_eq!(
            open.keys().collect::<Vec<_>>(),
            duties.keys().collect::<Vec<_>>(),
            "whose tasks are open"
        );
        for (number, duty) in duties {
            let task = open[number];
            let told = (task.late_on, task.county_on, task.supervised_on);
            assert_eq!(
                (task.level, task.since_on, task.step_on),
                (duty.level, duty.since, duty.step),
                "{number}"
            );
            assert_eq!(told, (duty.late, duty.county, duty.supervisor), "{number}");
        }
        for (number, how) in
            cast.extended.iter().map(|one| (one, "extended")).chain([(&cast.renewed, "renewed")])
        {
            let closed = testing::closed_by(tx, COUNTY, self.ids[number]).await.unwrap();
            assert_eq!(closed, [how], "{number}");
            assert_eq!(self.model.accounts[number].ended, [how], "{number}");
        }
    }
}
