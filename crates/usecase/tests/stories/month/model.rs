//! The month told a second time, day by day and loan by loan, out of DESIGN's table alone: nothing of the program's own rules
//! is used but its words.

use std::collections::{BTreeMap, BTreeSet};

use bangfu_domain::loan::{add_days, days_between};
use bangfu_domain::policy::Recipient::{self, Borrower, Branch, County, Station, Supervisor, Township};
use bangfu_domain::warning::Standing;
use jiff::civil::{Date, Weekday, date};

/// The day on which the book opens.
pub(super) const OPENING: Date = date(2019, 4, 30);

/// Holidays and make-up days of 2019 from May to July, as the State Council's notice has them.
const HOLIDAYS: [Date; 7] = [
    date(2019, 5, 1),
    date(2019, 5, 2),
    date(2019, 5, 3),
    date(2019, 5, 4),
    date(2019, 6, 7),
    date(2019, 6, 8),
    date(2019, 6, 9),
];
const MAKE_UP: [Date; 1] = [date(2019, 5, 5)];

fn is_working_day(day: Date) -> bool {
    let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    MAKE_UP.contains(&day) || (!is_weekend && !HOLIDAYS.contains(&day))
}

/// The day so many working days after another.
fn working_days_after(day: Date, days: u32) -> Date {
    let mut at = day;
    for _ in 0..days {
        at = add_days(at, 1);
        while !is_working_day(at) {
            at = add_days(at, 1);
        }
    }
    at
}

/// A row of DESIGN's table: who is told, at once or in the digest, and within how many working days.
fn row(level: Standing) -> Option<(&'static [Recipient], bool, u32)> {
    match level {
        Standing::Green => Some((&[Township, Branch], false, 15)),
        Standing::Blue => Some((&[Township, Branch], false, 10)),
        Standing::Yellow => Some((&[Township, Branch, County, Station, Borrower], false, 5)),
        Standing::Red => Some((&[Township, Branch, County, Station, Borrower], true, 3)),
        Standing::Awaiting => Some((&[Branch], false, 1)),
        Standing::Overdue => Some((&[Township, Branch, County], true, 1)),
        Standing::None | Standing::Settled => None,
    }
}

fn rank(level: Standing) -> u8 {
    [Standing::Green, Standing::Blue, Standing::Yellow, Standing::Red, Standing::Awaiting, Standing::Overdue]
        .iter()
        .position(|known| *known == level)
        .map_or(0, |at| u8::try_from(at).unwrap() + 1)
}

/// What somebody is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Duty {
    pub(super) level: Standing,
    pub(super) since: Date,
    pub(super) due: Date,
    pub(super) step: Option<Date>,
    pub(super) late: Option<Date>,
    pub(super) county: Option<Date>,
    pub(super) supervisor: Option<Date>,
}

/// A loan as the model knows it.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) branch: String,
    pub(super) village: String,
    pub(super) township: String,
    pub(super) disbursed: Date,
    /// The due day, and those that held before another day.
    pub(super) due: Date,
    pub(super) before: Vec<(Date, Date)>,
    pub(super) principal: i64,
    pub(super) paid: BTreeMap<Date, i64>,
    /// Whether an enterprise carries its household.
    pub(super) carried: bool,
    /// Whether another loan took over what was owed.
    pub(super) renewed: bool,
    told: Option<Standing>,
    pub(super) duty: Option<Duty>,
    /// How its duties ended.
    pub(super) ended: Vec<&'static str>,
}

impl Account {
    pub(super) fn new(
        (branch, village, township): (String, String, String),
        terms: (Date, Date, i64),
    ) -> Account {
        let (disbursed, due, principal) = terms;
        Account {
            branch,
            village,
            township,
            disbursed,
            due,
            before: Vec::new(),
            principal,
            paid: BTreeMap::new(),
            carried: false,
            renewed: false,
            told: Some(Standing::None),
            duty: None,
            ended: Vec::new(),
        }
    }

    /// The bank to which its branch belongs: each reports by itself.
    pub(super) fn bank(&self) -> String {
        let end = self.branch.find("银行").unwrap() + "银行".len();
        self.branch[..end].to_owned()
    }

    pub(super) fn owed(&self, day: Date) -> i64 {
        self.principal - self.paid.range(..=day).map(|(_, fen)| fen).sum::<i64>()
    }

    /// The day on which nothing was owed any more, by a day.
    pub(super) fn settled(&self, by: Date) -> Option<Date> {
        self.paid.range(..=by).map(|(day, _)| *day).find(|day| self.owed(*day) <= 0)
    }

    fn due_on(&self, day: Date) -> Date {
        self.before.iter().find(|(until, _)| day < *until).map_or(self.due, |(_, due)| *due)
    }

    /// How it stands at the end of a day by what is known now: `until` is how far its bank has reported.
    pub(super) fn standing(&self, day: Date, until: Date) -> Standing {
        let due = self.due_on(day);
        if self.owed(day) <= 0 {
            return Standing::Settled;
        }
        match days_between(day, due) {
            ..0 if until > due => Standing::Overdue,
            ..0 => Standing::Awaiting,
            0..=7 => Standing::Red,
            8..=30 => Standing::Yellow,
            31..=60 => Standing::Blue,
            61..=90 => Standing::Green,
            _ => Standing::None,
        }
    }

    /// The first day of the run of days on which it stands as on this one.
    fn since(&self, day: Date, until: Date) -> Date {
        let now = self.standing(day, until);
        let mut first = day;
        while first > self.disbursed && self.standing(add_days(first, -1), until) == now {
            first = add_days(first, -1);
        }
        first
    }

    /// The bank gives another due day from a day on; the duty is over.
    pub(super) fn extend(&mut self, on: Date, due: Date) {
        self.before.push((on, self.due));
        (self.due, self.told) = (due, None);
        self.end("extended");
    }

    pub(super) fn end(&mut self, how: &'static str) {
        if self.duty.take().is_some() {
            self.ended.push(how);
        }
    }

    /// Somebody recorded a contact.
    pub(super) fn met(&mut self, on: Date, promised: Option<Date>) {
        let Some(duty) = self.duty.as_mut().filter(|duty| on >= duty.since) else { return };
        let again = (duty.level == Standing::Red).then(|| add_days(on, 3));
        let paused = promised.filter(|day| duty.level == Standing::Overdue || *day <= duty.due);
        *duty = Duty { step: again.max(paused), late: None, county: None, ..*duty };
    }

    /// The bank refused: the step begins anew.
    pub(super) fn refused(&mut self, on: Date) {
        let Some(duty) = self.duty.as_mut() else { return };
        let (_, _, days) = row(duty.level).unwrap();
        *duty = Duty { step: Some(working_days_after(on, days)), late: None, county: None, ..*duty };
    }
}

/// An alert: of which loan, what, at which level, about which day, and whether at once.
pub(super) type Told = (String, String, Standing, Date, bool);

/// An alert before it is known whether it was told already: with who is told.
type Pending = (String, &'static str, Standing, Date, &'static [Recipient], bool);

/// What an office is told: the day, which kind of office, its name, and whether at once.
pub(super) type Office = (Date, Recipient, String, bool);

/// A county's month.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) accounts: BTreeMap<String, Account>,
    /// How far each bank has reported.
    pub(super) until: BTreeMap<String, Date>,
    told_on: Option<Date>,
    known: BTreeSet<(String, String, Standing, Date)>,
    pub(super) alerts: BTreeMap<Date, BTreeSet<Told>>,
    pub(super) notices: BTreeMap<Office, BTreeMap<(String, Standing), i64>>,
}

impl Model {
    /// Closes a day, after others or after days that nobody closed.
    pub(super) fn close(&mut self, day: Date) {
        let first = self.told_on.map_or(OPENING, |told| add_days(told, 1));
        let is_opening = self.told_on.is_none();
        let mut alerts: Vec<Pending> = Vec::new();
        for (number, account) in self.accounts.iter_mut().filter(|(_, account)| account.disbursed <= day) {
            let until = self.until.get(&account.bank()).copied().unwrap_or(OPENING);
            let level = account.standing(day, until);
            if account.told != Some(level) {
                account.told = Some(level);
                let since = account.since(day, until).max(first);
                if let Some((told, at_once, days)) = row(level) {
                    let is_new = account.duty.is_none_or(|duty| {
                        duty.due != account.due
                            || rank(level) > rank(duty.level)
                            || (duty.level, level) == (Standing::Overdue, Standing::Awaiting)
                    });
                    if is_new {
                        account.duty = Some(Duty {
                            level,
                            since,
                            due: account.due,
                            step: Some(working_days_after(since, days)),
                            late: None,
                            county: None,
                            supervisor: None,
                        });
                    }
                    if !is_opening {
                        alerts.push((number.clone(), "level", level, account.due, told, at_once));
                    }
                } else if level == Standing::Settled {
                    account.end("settled");
                } else {
                    account.end("corrected");
                }
            }
            let Some(duty) = account.duty.as_mut() else { continue };
            if let Some(step) = duty.step.filter(|step| duty.level != Standing::Awaiting && *step < day) {
                if duty.late.is_none() {
                    duty.late = Some(day);
                    alerts.push((number.clone(), "late", duty.level, step, &[Branch, Township], false));
                }
                if duty.county.is_none() && duty.late.is_some_and(|late| working_days_after(late, 3) <= day) {
                    duty.county = Some(day);
                    alerts.push((number.clone(), "late-long", duty.level, step, &[County], false));
                }
            }
            let lasts = duty.level == Standing::Overdue && add_days(duty.since, 10) <= day;
            if lasts && duty.supervisor.is_none() {
                duty.supervisor = Some(day);
                alerts.push((number.clone(), "lasting", duty.level, duty.since, &[Supervisor], false));
            }
        }
        for (number, kind, level, about, told, at_once) in alerts {
            // Each is told once in a term.
            if !self.known.insert((number.clone(), kind.to_owned(), level, about)) {
                continue;
            }
            let account = &self.accounts[&number];
            for recipient in told.iter().filter(|recipient| **recipient != Borrower) {
                let place = match recipient {
                    Township => account.township.clone(),
                    Branch => account.branch.clone(),
                    Station => account.village.clone(),
                    _ => "宜章县".to_owned(),
                };
                let counts = self.notices.entry((day, *recipient, place, at_once)).or_default();
                *counts.entry((kind.to_owned(), level)).or_default() += 1;
            }
            let alert = (number, kind.to_owned(), level, about, at_once);
            self.alerts.entry(day).or_default().insert(alert);
        }
        self.told_on = Some(day);
    }
}
