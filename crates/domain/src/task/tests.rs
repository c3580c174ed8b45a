//! Tasks through a loan's term.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::calendar::{EMBEDDED as REST_DAYS, FILE};
use crate::loan::add_days;
use crate::policy::{EMBEDDED, Packs, Responses};

fn calendar() -> Calendar {
    Calendar::parse(FILE, REST_DAYS).unwrap()
}

fn responses() -> Responses {
    Packs::parse(&EMBEDDED).unwrap().by_id("yizhang-2019").unwrap().responses.clone()
}

const PATIENCE: Patience = Patience { county_working_days: Some(3) };
const DUE: Date = date(2019, 7, 1);

/// A loan comes to a level on a day.
fn come(task: Option<&Task>, standing: Standing, day: Date) -> Turn {
    turn(task, standing, responses().of(standing), (day, DUE), &calendar())
}

fn made(standing: Standing, day: Date) -> Task {
    match come(None, standing, day) {
        Turn::Made(task) => task,
        turn => panic!("{turn:?}"),
    }
}

#[test]
fn a_level_makes_a_task_and_a_higher_one_raises_it() {
    let green = made(Standing::Green, date(2019, 4, 2));
    // Fifteen working days, with 清明 (5 to 7 April) and the made-up Sunday 28 April.
    assert_eq!((green.step_on, green.since_on), (Some(date(2019, 4, 24)), date(2019, 4, 2)));
    assert_eq!(come(Some(&green), Standing::Green, date(2019, 4, 3)), Turn::Stays);
    let Turn::Raised(blue) = come(Some(&green), Standing::Blue, date(2019, 5, 2)) else { panic!() };
    assert_eq!((blue.level, blue.step_on), (Standing::Blue, Some(date(2019, 5, 16))), "5 May is made up for");
    assert_eq!(come(Some(&blue), Standing::Green, date(2019, 5, 3)), Turn::Stays, "nothing falls back");
    let Turn::Raised(overdue) = come(Some(&blue), Standing::Overdue, date(2019, 7, 2)) else { panic!() };
    assert_eq!(overdue.step_on, Some(date(2019, 7, 3)));
    let Turn::Raised(awaiting) = come(Some(&overdue), Standing::Awaiting, date(2019, 7, 3)) else { panic!() };
    assert_eq!(
        awaiting.level,
        Standing::Awaiting,
        "whoever is not reported beyond the due day is not accused"
    );
}

#[test]
fn evidence_closes_a_task_and_a_new_term_begins_anew() {
    let red = made(Standing::Red, date(2019, 6, 24));
    assert_eq!(come(Some(&red), Standing::Settled, date(2019, 6, 25)), Turn::Closed(Evidence::Settled));
    assert_eq!(come(Some(&red), Standing::None, date(2019, 6, 25)), Turn::Closed(Evidence::Corrected));
    assert_eq!(come(None, Standing::Settled, date(2019, 6, 25)), Turn::Stays);
    let (later, responses) = (date(2020, 7, 1), responses());
    let extended =
        |standing, day| turn(Some(&red), standing, responses.of(standing), (day, later), &calendar());
    assert_eq!(extended(Standing::None, date(2019, 6, 25)), Turn::Closed(Evidence::Extended));
    let Turn::Raised(blue) = extended(Standing::Blue, date(2020, 5, 8)) else { panic!() };
    assert_eq!(
        (blue.level, blue.due_day),
        (Standing::Blue, later),
        "an extended loan begins anew, lower too"
    );
}

#[test]
fn a_missed_step_is_told_upward_each_time_once() {
    let (responses, calendar) = (responses(), calendar());
    let task = made(Standing::Red, date(2019, 6, 24));
    assert_eq!(task.step_on, Some(date(2019, 6, 27)));
    let told = |task: &Task, day| late(task, day, (&responses.red, PATIENCE), &calendar);
    assert_eq!(told(&task, date(2019, 6, 27)), (vec![], task, Some(date(2019, 6, 28))));
    let (happened, task, next) = told(&task, date(2019, 6, 28));
    assert_eq!((happened, next), (vec![Happening::Late], Some(date(2019, 7, 3))), "three working days on");
    assert_eq!(told(&task, date(2019, 7, 2)), (vec![], task, Some(date(2019, 7, 3))));
    let (happened, task, next) = told(&task, date(2019, 7, 3));
    assert_eq!((happened, next), (vec![Happening::LateLong], None));
    assert_eq!(told(&task, date(2019, 8, 1)).0, vec![]);
    // What is answered is late no longer.
    let task = answered(&task, date(2019, 7, 3), None, &responses.red);
    assert_eq!(told(&task, date(2019, 7, 6)), (vec![], task, Some(date(2019, 7, 7))));
}

#[test]
fn supervisors_hear_of_what_stays_overdue() {
    let (responses, calendar) = (responses(), calendar());
    let task = made(Standing::Overdue, date(2019, 7, 2));
    let answered = answered(&task, date(2019, 7, 3), None, &responses.overdue);
    let told = |day| late(&answered, day, (&responses.overdue, PATIENCE), &calendar);
    assert_eq!((told(date(2019, 7, 11)).0, told(date(2019, 7, 11)).2), (vec![], Some(date(2019, 7, 12))));
    assert_eq!(told(date(2019, 7, 12)).0, [Happening::Lasting], "ten days, though somebody was there");
    // After an outage all of it at once.
    let all = late(&task, date(2019, 8, 1), (&responses.overdue, PATIENCE), &calendar).0;
    assert_eq!(all, [Happening::Late, Happening::Lasting]);
}

#[test]
fn what_awaits_the_bank_is_late_for_nobody() {
    let (responses, calendar) = (responses(), calendar());
    let task = made(Standing::Awaiting, date(2019, 7, 2));
    let (told, _, next) = late(&task, date(2019, 12, 1), (&responses.awaiting, PATIENCE), &calendar);
    assert_eq!((told, next), (vec![], None));
}

#[test]
fn a_promise_pauses_the_rhythm_of_red_until_its_day() {
    let red = responses().red;
    let task = made(Standing::Red, date(2019, 6, 24));
    let step = |promised| answered(&task, date(2019, 6, 25), promised, &red).step_on.unwrap();
    assert_eq!(step(None), date(2019, 6, 28), "every three days");
    assert_eq!(step(Some(date(2019, 6, 30))), date(2019, 6, 30));
    assert_eq!(step(Some(date(2019, 6, 26))), date(2019, 6, 28), "an early promise does not hurry");
    assert_eq!(step(Some(date(2019, 7, 5))), date(2019, 6, 28), "beyond the due day nothing pauses");
    let green = made(Standing::Green, date(2019, 4, 2));
    assert_eq!(answered(&green, date(2019, 4, 9), None, &responses().green).step_on, None);
}

#[test]
fn every_word_is_read_back() {
    for way in Way::ALL {
        assert_eq!(Way::from_key(way.key()), Some(way));
    }
    for outcome in Outcome::ALL {
        assert_eq!(Outcome::from_key(outcome.key()), Some(outcome));
    }
    for recipient in crate::policy::Recipient::ALL {
        assert_eq!(crate::policy::Recipient::from_key(recipient.key()), Some(recipient));
    }
}

const LEVELS: [Standing; 6] =
    [Standing::Green, Standing::Blue, Standing::Yellow, Standing::Red, Standing::Awaiting, Standing::Overdue];

proptest! {
    /// Whether looked at every day or only on some, the same is told, and nothing twice.
    #[test]
    fn a_task_looked_at_rarely_is_told_as_one_looked_at_daily(
        level in 0_usize..6, from in 0_i32..300, skipped in prop::collection::vec(1_i32..9, 1..20), patience in 0_u32..6,
    ) {
        let (responses, calendar) = (responses(), calendar());
        let response = responses.of(LEVELS[level]).unwrap();
        let task = made(LEVELS[level], add_days(date(2019, 1, 2), from));
        let patience = Patience { county_working_days: Some(patience).filter(|days| *days > 0) };
        let (mut rare, mut daily) = (task, task);
        let (mut heard, mut heard_daily, mut day) = (Vec::new(), Vec::new(), task.since_on);
        let mut next = Some(task.since_on);
        for skip in skipped {
            for passed in 0..skip {
                let (told, then, _) = late(&daily, add_days(day, passed + 1), (response, patience), &calendar);
                heard_daily.extend(told);
                daily = then;
            }
            day = add_days(day, skip);
            let due = next.is_some_and(|next| next <= day);
            let (told, then, after) = late(&rare, day, (response, patience), &calendar);
            prop_assert!(due || told.is_empty(), "nothing is told before the day that was said");
            heard.extend(told);
            (rare, next) = (then, after);
        }
        // The county hears so many working days after the others did: of what came at once it may still be waiting.
        heard_daily.retain(|one| *one != Happening::LateLong || heard.contains(one));
        heard.sort();
        heard_daily.sort();
        prop_assert_eq!(&heard, &heard_daily);
        heard.dedup();
        prop_assert_eq!(heard.len(), heard_daily.len(), "each once");
    }

    /// Whatever a loan goes through, its task is that of the highest level of its term, or over.
    #[test]
    fn a_task_is_about_the_highest_level_of_its_term(steps in prop::collection::vec(0_usize..8, 1..12)) {
        let (mut task, mut highest): (Option<Task>, u8) = (None, 0);
        for (index, step) in steps.into_iter().enumerate() {
            let day = add_days(date(2019, 4, 2), i32::try_from(index).unwrap());
            let standing = Standing::ALL[step];
            match come(task.as_ref(), standing, day) {
                Turn::Stays => {}
                Turn::Made(new) | Turn::Raised(new) => task = Some(new),
                Turn::Closed(_) => task = None,
            }
            let fell = standing == Standing::Awaiting && highest == rank(Standing::Overdue);
            highest = if rank(standing) == 0 || fell { rank(standing) } else { highest.max(rank(standing)) };
            prop_assert_eq!(task.map_or(0, |task| rank(task.level)), highest);
        }
    }
}
