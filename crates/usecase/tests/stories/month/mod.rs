//! A month of Yizhang's 6,918 loans, played day by day: what the bank reports, contacts and promises, two extensions, a renewal,
//! a refusal, a misuse, somebody whom nobody reaches, and a week without a close. At its end every alert, notice, task and
//! figure is held against a table that was reckoned independently (`model`); and so it is when the work is killed again
//! and again.

mod model;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::handling::{Clause, Kind, Move, Proposal, State};
use bangfu_domain::loan::{add_days, add_months};
use bangfu_domain::money::Fen;
use bangfu_domain::officer::Role;
use bangfu_domain::task::{Outcome, Way};
use bangfu_domain::warning::Standing;
use bangfu_sheets::Kind as File;
use bangfu_store::loan;
use bangfu_usecase::close::close;
use bangfu_usecase::error::Refusal;
use bangfu_usecase::handling::{
    Answer, Deciding, Granted, HandlingFault, NewHandling, answer, decide, propose, show,
};
use bangfu_usecase::import::{self, Meter, Take};
use bangfu_usecase::task::{NewContact, record};
use bangfu_usecase::{Ctx, Error};
use jiff::civil::{Date, date};

use crate::broken_off::drop_after;
use crate::stage::{Stage, demo, upload};
use crate::story;
use model::{Account, Model, OPENING};

const COUNTY: i64 = 431_022;
const MAKER: i64 = 11;
const CHECKER: i64 = 12;
const BANK: i64 = 13;

const fn may(day: i8) -> Date {
    date(2019, 5, day)
}

/// The days that nobody closed.
const WITHOUT_CLOSE: std::ops::RangeInclusive<i8> = 13..=19;

/// The month under way.
struct Month<'a> {
    stage: &'a Stage,
    model: Model,
    ids: BTreeMap<String, i64>,
    movements: BTreeMap<Date, Vec<(String, i64)>>,
    /// How often work is broken off, and the next number by chance.
    kills: Option<(u32, u64)>,
}

/// The lines of the bank's file that tell of a day, under its header.
fn report(day: Date) -> Vec<u8> {
    let all = demo("yizhang/bank.csv");
    let wanted = format!(",{:04}{:02}{:02},", day.year(), day.month(), day.day());
    let mut lines = all.split_inclusive(|byte| *byte == b'\n');
    let mut file = lines.next().unwrap().to_vec();
    let of_day = lines.filter(|line| line.windows(wanted.len()).any(|part| part == wanted.as_bytes()));
    of_day.for_each(|line| file.extend_from_slice(line));
    file
}

impl<'a> Month<'a> {
    /// The ledger is taken over, and the book opens.
    async fn begin(stage: &'a Stage, kills: Option<(u32, u64)>) -> Month<'a> {
        stage.read_in(File::Ledger, &demo("yizhang/ledger.xlsx")).await;
        let truth: serde_json::Value = serde_json::from_slice(&demo("yizhang/truth.json")).unwrap();
        let day = |value: &serde_json::Value| value.as_str().unwrap().parse::<Date>().unwrap();
        let mut tx = stage.db.read().await.unwrap();
        let loans = loan::all(&mut tx, COUNTY).await.unwrap();
        drop(tx);
        let mut model = Model::default();
        let places: BTreeMap<String, (String, String, bool)> = stage
            .export(OPENING, None)
            .await
            .into_iter()
            .map(|row| (row.number, (row.branch, row.village_code, row.enterprise.is_some())))
            .collect();
        for one in truth["loans"].as_array().unwrap() {
            let number = one[0].as_str().unwrap();
            let (branch, village, carried) = places[number].clone();
            let township = format!("{}000", &village[..9]);
            let terms = (day(&one[5]), day(&one[6]), one[3].as_i64().unwrap());
            let mut account = Account::new((branch, village, township), terms);
            account.carried = carried;
            let paid = one[7].as_i64().unwrap();
            if paid > 0 {
                account.paid.insert(one[8].as_str().map_or(OPENING, |on| on.parse().unwrap()), paid);
            }
            model.accounts.insert(number.to_owned(), account);
        }
        let mut movements: BTreeMap<Date, Vec<(String, i64)>> = BTreeMap::new();
        for one in truth["bank"].as_array().unwrap() {
            let moved = (one[0].as_str().unwrap().to_owned(), one[2].as_i64().unwrap());
            movements.entry(day(&one[1])).or_default().push(moved);
        }
        let ids = loans.into_iter().map(|loan| (loan.number, loan.loan_id)).collect();
        let mut month = Month { stage, model, ids, movements, kills };
        month.close(OPENING).await;
        month
    }

    fn ctx(&self, today: Date, role: Role) -> Ctx {
        Ctx { today, role: Some(role), ..self.stage.ctx() }
    }

    /// After how many steps the next work is broken off; `None` if it is not.
    fn chance(&mut self) -> Option<usize> {
        let (_, seed) = self.kills.as_mut()?;
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((*seed >> 33) % 150).ok()
    }

    fn count_kill(&mut self) {
        if let Some((count, _)) = &mut self.kills {
            *count += 1;
        }
    }

    /// Closes a day, perhaps at the fifth attempt.
    async fn close(&mut self, day: Date) {
        for _ in 0..4 {
            let Some(steps) = self.chance() else { break };
            let ctx = self.ctx(day, Role::CentreClerk);
            if drop_after(close(&self.stage.db, &ctx, day, |_| {}), steps).await.is_none() {
                self.count_kill();
            }
        }
        self.stage.close(day).await;
        self.model.close(day);
    }

    /// The bank's report of a day comes in the next morning, perhaps at the second attempt.
    async fn report(&mut self, day: Date) {
        let Some(moved) = self.movements.get(&day).cloned() else { return };
        let file = report(day);
        if let Some(steps) = self.chance() {
            let (ctx, upload, meter) = (self.stage.ctx(), upload(File::Repayments, &file), Meter::default());
            let work = import::take_file(&self.stage.db, &ctx, &upload, Take::Good, &meter);
            if drop_after(work, steps).await.is_none() {
                self.count_kill();
            }
            import::resume(&self.stage.db, &self.stage.ctx(), &Meter::default()).await.unwrap();
        }
        let taken = self.stage.read_in(File::Repayments, &file).await;
        assert_eq!((taken.rows.bad, taken.differences), (0, 0), "{day}");
        for (number, fen) in moved {
            let account = self.model.accounts.get_mut(&number).unwrap();
            *account.paid.entry(day).or_default() += fen;
            let bank = account.bank();
            self.model.until.insert(bank, day);
        }
    }

    async fn contact(&mut self, day: Date, number: &str, outcome: Outcome, promised: Option<Date>) {
        let contact = NewContact {
            on_day: day,
            way: Way::Visit,
            met: "本人".to_owned(),
            outcome,
            promised_on: promised,
            promised_fen: None,
            note: "入户了解情况".to_owned(),
        };
        let ctx = self.ctx(day, Role::CreditManager);
        record(&self.stage.db, &ctx, self.ids[number], &contact).await.unwrap();
        self.model.accounts.get_mut(number).unwrap().met(day, promised);
    }

    async fn propose(&self, day: Date, number: &str, proposal: Proposal) -> Result<i64, Error> {
        let new = NewHandling { proposal, reason: "产业尚未见效".to_owned() };
        propose(&self.stage.db, &self.ctx(day, Role::CreditManager), MAKER, self.ids[number], &new).await
    }

    /// What was proposed is checked, and the bank answers a day later.
    async fn handle(&self, day: Date, number: &str, proposal: Proposal, granted: Option<Granted>) {
        let id = self.propose(day, number, proposal).await.unwrap();
        let ctx = self.ctx(day, Role::CentreClerk);
        let deciding = Deciding {
            handling_id: id,
            version: 1,
            account_id: CHECKER,
            by: Move::Agree,
            reason: String::new(),
        };
        assert_eq!(decide(&self.stage.db, &ctx, &deciding).await.unwrap(), State::AwaitingBank);
        let ctx = self.ctx(day, Role::BankClerk);
        let version =
            show(&mut self.stage.db.read().await.unwrap(), &ctx, id).await.unwrap().row.stored.version;
        let note = "农商行批复".to_owned();
        let said = Answer { handling_id: id, version, account_id: BANK, on: day, granted, note };
        answer(&self.stage.db, &ctx, &said).await.unwrap();
    }

    fn extension(&self, number: &str) -> Proposal {
        let until_on = Some(add_months(self.model.accounts[number].due, 6));
        Proposal { kind: Kind::Extension, until_on, amount_fen: None, instalments: Vec::new() }
    }

    /// What the banks and the people do on a day before it is closed.
    async fn live(&mut self, day: Date, cast: &Cast) {
        self.report(add_days(day, -1)).await;
        match day.day() {
            3 => self.contact(day, &cast.misused, Outcome::Misuse, None).await,
            6 => {
                let refused = self.propose(day, &cast.misused, self.extension(&cast.misused)).await;
                let Err(Error::Refused(Refusal::Handling(HandlingFault::Clauses(broken)))) = refused else {
                    panic!("{refused:?}")
                };
                assert_eq!(broken.iter().map(|one| one.clause).collect::<Vec<_>>(), [Clause::NoMisuse]);
                self.contact(day, &cast.unreachable, Outcome::Unreachable, None).await;
            }
            8 | 15 => {
                let number = if day.day() == 8 { &cast.extended[0] } else { &cast.extended[1] };
                let proposal = self.extension(number);
                let granted = Granted { due_on: proposal.until_on, ..Granted::default() };
                let due = granted.due_on.unwrap();
                self.handle(day, number, proposal, Some(granted)).await;
                self.model.accounts.get_mut(number).unwrap().extend(day, due);
            }
            10 => self.renew(day, &cast.renewed).await,
            11 => {
                self.handle(day, &cast.refused, self.extension(&cast.refused), None).await;
                self.model.accounts.get_mut(&cast.refused).unwrap().refused(day);
            }
            _ => {}
        }
        // The credit managers do some of what is to be done, promises among it.
        let due: Vec<(String, bool)> = self
            .model
            .accounts
            .iter()
            .filter(|(number, _)| !cast.is_among(number))
            .filter(|(_, account)| {
                account.duty.is_some_and(|duty| duty.step.is_some_and(|step| step <= add_days(day, 2)))
            })
            .map(|(number, account)| {
                (number.clone(), account.duty.is_some_and(|duty| duty.level == Standing::Red))
            })
            .take(6)
            .collect();
        for (number, is_red) in due {
            let promised = is_red.then(|| add_days(day, 5));
            let outcome = if is_red { Outcome::WillRepay } else { Outcome::Hardship };
            self.contact(day, &number, outcome, promised).await;
        }
    }

    async fn renew(&mut self, day: Date, number: &str) {
        let owed = self.model.accounts[number].owed(day);
        let (amount_fen, due) = (Some(Fen::new(owed)), add_months(day, 12));
        let proposal =
            Proposal { kind: Kind::Renewal, until_on: Some(due), amount_fen, instalments: Vec::new() };
        let new = format!("{number}X");
        let granted = Granted { due_on: Some(due), number: new.clone(), amount_fen, rate: None };
        self.handle(day, number, proposal, Some(granted)).await;
        let old = self.model.accounts.get_mut(number).unwrap();
        old.paid.insert(day, owed);
        old.renewed = true;
        old.end("renewed");
        let places = (old.branch.clone(), old.village.clone(), old.township.clone());
        self.model.accounts.insert(new, Account::new(places, (day, due, owed)));
    }
}

/// Loans of which something is told besides.
struct Cast {
    extended: [String; 2],
    renewed: String,
    refused: String,
    misused: String,
    unreachable: String,
}

impl Cast {
    /// Loans that fall due from the end of May on and of which the bank reports nothing, of borrowers who may borrow.
    fn of(month: &Month<'_>) -> Cast {
        let truth: serde_json::Value = serde_json::from_slice(&demo("yizhang/truth.json")).unwrap();
        let moved: BTreeSet<&String> = month.movements.values().flatten().map(|(number, _)| number).collect();
        let born = |one: &serde_json::Value| one[1].as_str().unwrap()[6..10].parse::<u32>().unwrap();
        let loans = truth["loans"].as_array().unwrap().iter();
        let loans = loans.filter(|one| (1960..1998).contains(&born(one)) && one[7].as_i64() == Some(0));
        let due = |one: &serde_json::Value| one[6].as_str().unwrap().parse::<Date>().unwrap();
        let loans = loans.filter(|one| (may(22)..date(2019, 6, 20)).contains(&due(one)));
        let mut numbers = loans.map(|one| one[0].as_str().unwrap().to_owned());
        let mut next = || numbers.find(|number| !moved.contains(number)).unwrap();
        Cast {
            extended: [next(), next()],
            renewed: next(),
            refused: next(),
            misused: next(),
            unreachable: next(),
        }
    }

    fn is_among(&self, number: &str) -> bool {
        let others = [&self.renewed, &self.refused, &self.misused, &self.unreachable];
        self.extended.iter().chain(others).any(|one| one == number)
    }
}

async fn play(stage: &Stage, kills: Option<(u32, u64)>) -> u32 {
    let mut month = Month::begin(stage, kills).await;
    let cast = Cast::of(&month);
    for day in 1..=31 {
        month.live(may(day), &cast).await;
        if !WITHOUT_CLOSE.contains(&day) {
            month.close(may(day)).await;
        }
    }
    month.is_as_the_table_says(&cast).await;
    month.kills.map_or(0, |(count, _)| count)
}

async fn a_month_of_yizhang_is_as_a_table_reckoned_apart_says(stage: &Stage) {
    play(stage, None).await;
}
story!(a_month_of_yizhang_is_as_a_table_reckoned_apart_says);

async fn fifty_kills_change_nothing_in_the_month(stage: &Stage) {
    let kills = play(stage, Some((0, 20_190_501))).await;
    assert!(kills >= 50, "only {kills} kills");
}
story!(fifty_kills_change_nothing_in_the_month);
