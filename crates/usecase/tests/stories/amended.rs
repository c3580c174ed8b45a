//! A county tells its packs and rest days anew: one person proposes, a second one decides, and the book follows.

use bangfu_domain::warning::Standing;
use bangfu_sheets::Kind;
use bangfu_store::board::Axis;
use bangfu_usecase::adopt::{adopt, has_other_rules};
use bangfu_usecase::amendment::preview::preview;
use bangfu_usecase::amendment::{
    self, Amendment, AmendmentFault, NewAmendment, Subject, approve, mark, propose, reject, withdraw,
    year_text,
};
use bangfu_usecase::error::Refusal;
use bangfu_usecase::import::Meter;
use bangfu_usecase::proposal::{Deciding, ProposalFault, ProposalState};
use bangfu_usecase::rebuild::compare;
use bangfu_usecase::rulebook::in_force;
use bangfu_usecase::{Ctx, Error};
use jiff::civil::{Date, date};

use crate::slips::{ledger, sound};
use crate::stage::Stage;
use crate::story;

const TODAY: Date = date(2019, 6, 17);
const MAKER: i64 = 71;
const OTHER: i64 = 72;

fn pack() -> Subject {
    Subject::Pack("yizhang-2019.toml".to_owned())
}

fn fault<T: std::fmt::Debug>(result: Result<T, Error>) -> AmendmentFault {
    match result {
        Err(Error::Refused(Refusal::Amendment(fault))) => fault,
        other => panic!("{other:?}"),
    }
}

fn unfit<T: std::fmt::Debug>(result: Result<T, Error>) -> ProposalFault {
    match result {
        Err(Error::Refused(Refusal::Proposal(fault))) => fault,
        other => panic!("{other:?}"),
    }
}

async fn text(stage: &Stage, subject: &Subject) -> Option<String> {
    let mut tx = stage.db.read().await.unwrap();
    amendment::present(&mut tx, &stage.ctx()).await.unwrap().text(subject)
}

/// The pack with something of it written otherwise.
async fn told(stage: &Stage, from: &str, to: &str) -> NewAmendment {
    let before = text(stage, &pack()).await.unwrap();
    assert!(before.contains(from), "{before}");
    NewAmendment {
        subject: pack(),
        body: before.replace(from, to),
        seen: mark(Some(&before)),
        valid_from: TODAY,
        reason: "县里定的天数".to_owned(),
    }
}

async fn one(stage: &Stage, amendment_id: i64) -> Amendment {
    let mut tx = stage.db.read().await.unwrap();
    amendment::get(&mut tx, &stage.ctx(), amendment_id).await.unwrap()
}

async fn by(stage: &Stage, amendment_id: i64, account_id: i64) -> Deciding {
    let version = one(stage, amendment_id).await.stored.version;
    Deciding { id: amendment_id, version, account_id, reason: "同意".to_owned() }
}

async fn a_pack_is_told_anew_by_two_people(stage: &Stage) {
    let (db, day) = (&stage.db, date(2019, 5, 1));
    // Due on 20 May: 19 days ahead, yellow by the pack's seven days and red by twenty.
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    let published = stage.close(day).await;
    let red = told(stage, "red_to_days = 7", "red_to_days = 20").await;

    // What cannot be proposed.
    let propose = async |new: &NewAmendment| propose(db, &stage.ctx(), MAKER, new).await;
    let silent = NewAmendment { reason: " ".to_owned(), ..red.clone() };
    assert_eq!(unfit(propose(&silent).await), ProposalFault::NoReason);
    let past = NewAmendment { valid_from: date(2019, 6, 16), ..red.clone() };
    assert!(matches!(propose(&past).await, Err(Error::Refused(Refusal::DayPast { .. }))));
    let same = told(stage, "red_to_days = 7", "red_to_days = 7").await;
    assert_eq!(fault(propose(&same).await), AmendmentFault::Unchanged);
    let stale = NewAmendment { seen: mark(Some("another text")), ..red.clone() };
    assert_eq!(fault(propose(&stale).await), AmendmentFault::RulesMovedOn);
    let wrong = told(stage, "red_to_days = 7", "red_to_days = 31").await;
    let AmendmentFault::Broken(faults) = fault(propose(&wrong).await) else { panic!("31 days") };
    assert_eq!(
        (faults.len(), faults[0].file.as_str(), faults[0].kind.key()),
        (1, "yizhang-2019.toml", "order")
    );

    // One at a time is decided on.
    let id = propose(&red).await.unwrap();
    let second = told(stage, "red_to_days = 7", "red_to_days = 9").await;
    assert_eq!(fault(propose(&second).await), AmendmentFault::Open { amendment_id: id });
    let seen = preview(db, &stage.ctx(), id, day, &Meter::default()).await.unwrap();
    let (now, then) = &seen.total;
    assert_eq!((now.get(Standing::Yellow).loans, now.get(Standing::Red).loans), (2, 0));
    assert_eq!((then.get(Standing::Yellow).loans, then.get(Standing::Red).loans), (0, 2));
    assert_eq!((seen.other_standing, seen.other_due, seen.rows.len()), (2, 0, 1));
    assert_eq!(seen.rows[0].figures, seen.total);
    assert_eq!(
        *now,
        stage.board(Axis::Township, day, None).await.total,
        "a preview counts as the board does"
    );

    // Nobody approves their own work, and nobody decides on what they did not see.
    assert_eq!(unfit(approve(db, &stage.ctx(), &by(stage, id, MAKER).await).await), ProposalFault::OwnWork);
    assert_eq!(unfit(withdraw(db, &stage.ctx(), &by(stage, id, OTHER).await).await), ProposalFault::NotMaker);
    let unseen = Deciding { version: 0, ..by(stage, id, OTHER).await };
    assert_eq!(unfit(approve(db, &stage.ctx(), &unseen).await), ProposalFault::MovedOn);
    let silent = Deciding { reason: String::new(), ..by(stage, id, OTHER).await };
    assert_eq!(unfit(reject(db, &stage.ctx(), &silent).await), ProposalFault::NoReason);
    assert_eq!(stage.board(Axis::Township, day, None).await.total, *now, "nothing holds yet");
    approve(db, &stage.ctx(), &silent).await.unwrap();
    let again = by(stage, id, OTHER).await;
    assert_eq!(unfit(reject(db, &stage.ctx(), &again).await), ProposalFault::MovedOn);

    // The book follows, for other servers and for other starts too.
    let then_at = stage.ctx().micros();
    let found = adopt(db, &stage.ctx(), in_force()).await.unwrap().unwrap();
    assert_eq!(found.changed, 2);
    assert!(adopt(db, &stage.ctx(), in_force()).await.unwrap().is_none(), "once is enough");
    assert!(one(stage, id).await.stored.in_force_at.is_some());
    assert_eq!(stage.board(Axis::Township, day, None).await.total, *then);
    assert!(compare(db, &stage.ctx()).await.unwrap().is_equal());
    let other = stage.elsewhere().await;
    let mut tx = other.read().await.unwrap();
    assert!(!has_other_rules(&mut tx, 431_022, in_force(), TODAY).await.unwrap());
    drop(tx);
    let known = stage.board(Axis::Township, day, Some(then_at)).await;
    assert_eq!(known.total, *now, "what was known before stays answered by the rules of then");
    assert_eq!(stage.close(day).await, published[published.len() - 1..], "what was published stays");
}
story!(a_pack_is_told_anew_by_two_people);

async fn a_version_waits_for_its_day_and_one_that_was_made_before_it_must_be_looked_at_again(stage: &Stage) {
    let (db, ctx) = (&stage.db, stage.ctx());
    let later = date(2019, 7, 1);
    let waiting = told(stage, "red_to_days = 7", "red_to_days = 10").await;
    let id = propose(db, &ctx, MAKER, &NewAmendment { valid_from: later, ..waiting }).await.unwrap();
    approve(db, &stage.ctx(), &by(stage, id, OTHER).await).await.unwrap();
    assert!(adopt(db, &stage.ctx(), in_force()).await.unwrap().is_none(), "its day has not come");
    assert!(text(stage, &pack()).await.unwrap().contains("red_to_days = 7"));

    let early = told(stage, "red_to_days = 7", "red_to_days = 5").await;
    let early = propose(db, &stage.ctx(), MAKER, &early).await.unwrap();
    let then = Ctx { today: later, ..stage.ctx() };
    adopt(db, &then, in_force()).await.unwrap();
    assert!(one(stage, id).await.stored.in_force_at.is_some());
    let other = by(stage, early, OTHER).await;
    assert_eq!(fault(approve(db, &then, &other).await), AmendmentFault::RulesMovedOn);
    reject(db, &then, &other).await.unwrap();
    let rejected = one(stage, early).await;
    assert_eq!(rejected.state, ProposalState::Rejected);
    assert_eq!(rejected.stored.decided.unwrap().reason, "同意");

    // A pack of its own for a new programme, taken back by who proposed it.
    let own = "id = \"own\"\ninherits = \"national-2015\"\nname = { zh = \"县\", en = \"own\" }\n";
    let new = NewAmendment {
        subject: Subject::Pack("own.toml".to_owned()),
        body: own.to_owned(),
        seen: String::new(),
        valid_from: later,
        reason: "试点".to_owned(),
    };
    let own = propose(db, &then, MAKER, &new).await.unwrap();
    withdraw(db, &then, &by(stage, own, MAKER).await).await.unwrap();
    assert_eq!(one(stage, own).await.state, ProposalState::Withdrawn);
    let again = propose(db, &then, MAKER, &new).await.unwrap();
    assert_ne!(own, again, "it may be proposed again");
    let mut tx = db.read().await.unwrap();
    assert_eq!(amendment::of_packs(&mut tx, &then).await.unwrap().len(), 4);
}
story!(a_version_waits_for_its_day_and_one_that_was_made_before_it_must_be_looked_at_again);

async fn what_waits_for_its_day_is_amended_and_taken_back(stage: &Stage) {
    let db = &stage.db;
    let (july, august) = (date(2019, 7, 1), date(2019, 8, 1));
    let agreed = async |new: &NewAmendment| {
        let id = propose(db, &stage.ctx(), MAKER, new).await.unwrap();
        approve(db, &stage.ctx(), &by(stage, id, OTHER).await).await.unwrap();
    };
    let on = async |day: Date| {
        let mut tx = stage.db.read().await.unwrap();
        amendment::present_on(&mut tx, &stage.ctx(), day).await.unwrap().text(&pack()).unwrap()
    };
    let ten = told(stage, "red_to_days = 7", "red_to_days = 10").await;
    agreed(&NewAmendment { valid_from: july, ..ten }).await;
    let mut tx = stage.db.read().await.unwrap();
    assert_eq!(amendment::waiting(&mut tx, &stage.ctx(), &pack()).await.unwrap(), [july]);
    drop(tx);

    // Made from today's text, a later version would undo what is agreed without a word.
    let blue = told(stage, "blue_to_days = 60", "blue_to_days = 50").await;
    let blind = NewAmendment { valid_from: august, ..blue };
    let refused = propose(db, &stage.ctx(), MAKER, &blind).await;
    assert_eq!(fault(refused), AmendmentFault::AnotherHolds { from: july });
    let before = on(august).await;
    assert!(before.contains("red_to_days = 10"));
    let body = before.replace("blue_to_days = 60", "blue_to_days = 50");
    agreed(&NewAmendment { seen: mark(Some(&before)), body, ..blind }).await;
    assert!(on(august).await.contains("red_to_days = 10") && on(august).await.contains("blue_to_days = 50"));

    // What is agreed for July is taken back by telling today's text from July on.
    let (today, before) = (text(stage, &pack()).await.unwrap(), on(july).await);
    let back = NewAmendment {
        subject: pack(),
        body: today.clone(),
        seen: mark(Some(&before)),
        valid_from: july,
        reason: "不改了".to_owned(),
    };
    agreed(&back).await;
    assert_eq!(on(july).await, today);
    assert!(on(august).await.contains("red_to_days = 10"), "each day has its own");
}
story!(what_waits_for_its_day_is_amended_and_taken_back);

async fn rest_days_move_due_days_where_the_pack_says_so(stage: &Stage) {
    let db = &stage.db;
    stage.read_in(Kind::Ledger, &ledger(&[sound(1), sound(2)])).await;
    let moves = told(stage, "due_on_rest_day_moves = false", "due_on_rest_day_moves = true").await;
    let id = propose(db, &stage.ctx(), MAKER, &moves).await.unwrap();
    approve(db, &stage.ctx(), &by(stage, id, OTHER).await).await.unwrap();
    adopt(db, &stage.ctx(), in_force()).await.unwrap();

    // The year with two further days of rest, one of them the day on which both loans fall due.
    let subject = Subject::Year(2019);
    let before = text(stage, &subject).await.unwrap();
    let list = "1月1日 休\n2月4日至10日放假。2月2日、2月3日上班\n4月5日至7日放假\n5月1日至4日放假。4月28日、5月5日上班\n\
                5月20日至21日放假\n6月7日至9日放假\n9月13日至15日放假\n10月1日至7日放假。9月29日、10月12日上班";
    let (days, body) = year_text(2019, " 县政府公告 ", list).unwrap();
    assert_eq!(days.source, "县政府公告");
    let new = NewAmendment {
        subject: subject.clone(),
        body,
        seen: mark(Some(&before)),
        valid_from: TODAY,
        reason: "县里另行安排".to_owned(),
    };
    let id = propose(db, &stage.ctx(), MAKER, &new).await.unwrap();
    let day = date(2019, 5, 1);
    let seen = preview(db, &stage.ctx(), id, day, &Meter::default()).await.unwrap();
    assert_eq!(seen.other_days, [(date(2019, 5, 20), false), (date(2019, 5, 21), false)]);
    assert_eq!((seen.other_due, seen.other_standing), (2, 0));
    let on_20_may = preview(db, &stage.ctx(), id, date(2019, 5, 15), &Meter::default()).await.unwrap();
    assert_eq!(on_20_may.total.0.get(Standing::Red).loans, 2);
    approve(db, &stage.ctx(), &by(stage, id, OTHER).await).await.unwrap();
    adopt(db, &stage.ctx(), in_force()).await.unwrap().unwrap();
    assert_eq!(text(stage, &subject).await.as_deref(), Some(new.body.as_str()));
    assert!(compare(db, &stage.ctx()).await.unwrap().is_equal());
    let next = year_text(2020, "国办发明电", "1月1日 休").unwrap();
    assert!(next.1.contains("year = 2020"));
    assert_eq!(year_text(1999, "国办", "1月1日 休").unwrap_err(), AmendmentFault::Year);
    assert_eq!(year_text(2020, "", "1月1日 休").unwrap_err(), AmendmentFault::NoSource);
    assert!(matches!(year_text(2020, "国办", "1月2日 班").unwrap_err(), AmendmentFault::List(_)));
}
story!(rest_days_move_due_days_where_the_pack_says_so);
