//! What is told leaves once: queued with what it tells of, sent after it, and never lost or doubled, whenever the program
//! ends.

use std::collections::BTreeMap;

use bangfu_domain::message::desk::Desk;
use bangfu_domain::message::settle::{Cause, CauseKind, Outcome, PAUSES, TRY_SECONDS_MAX};
use bangfu_domain::message::{Channel, Kind, State};
use bangfu_domain::policy::Recipient;
use bangfu_domain::warning::Standing;
use bangfu_sheets::Kind as File;
use bangfu_store::message::{self, Message, Part};
use bangfu_store::person::{self, SecretKind};
use bangfu_store::slip::{self, SlipFilter};
use bangfu_store::testing::audited;
use bangfu_store::{Address, Area, Scope, county, division, loan};
use bangfu_usecase::error::Refusal;
use bangfu_usecase::message::send::{Claimed, Next, To, claim, find_broken_off, settle};
use bangfu_usecase::message::{MessageFault, act, address, list, sending, slip as slips, text};
use bangfu_usecase::notice::weekly;
use bangfu_usecase::{Ctx, Error};
use jiff::civil::{Date, Weekday, date};
use jiff::{SignedDuration, Timestamp};

use crate::broken_off::drop_after;
use crate::stage::{Engine, Stage};
use crate::story;
use crate::told::ledger_of;

const COUNTY: i64 = 431_022;

fn refused<T: std::fmt::Debug>(done: Result<T, Error>) -> Refusal {
    match done {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn later(ctx: &Ctx, seconds: i64) -> Ctx {
    Ctx { at: ctx.at + SignedDuration::from_secs(seconds), ..ctx.clone() }
}

async fn all(stage: &Stage) -> Vec<Message> {
    let mut tx = stage.db.read().await.unwrap();
    let mut all = message::list(&mut tx, &Scope::county(COUNTY), (Part::All, None), None, 999).await.unwrap();
    all.reverse();
    all
}

/// Gives the township a mailbox and a receiver, the county a robot and the leader a mailbox, borrower A0 a phone, and
/// chooses short messages.
async fn addressed(stage: &Stage) {
    let mut tx = stage.db.read().await.unwrap();
    let county = county::get(&mut tx, COUNTY).await.unwrap().division_id;
    let township = division::by_code(&mut tx, "431022101000", date(2019, 5, 1)).await.unwrap().unwrap();
    let first = loan::all(&mut tx, COUNTY).await.unwrap().into_iter().find(|one| one.number == "A0").unwrap();
    let borrower = loan::borrower(&mut tx, COUNTY, first.loan_id).await.unwrap().unwrap();
    drop(tx);
    let township = (Desk::Office(Recipient::Township), township.division_id);
    for (desk, channel, to, secret) in [
        (township, Channel::Email, "baishidu@yizhang.example", ""),
        (township, Channel::Webhook, "https://oa.yizhang.example/in", "of-both-of-us"),
        ((Desk::Office(Recipient::County), county), Channel::Wecom, "https://qyapi.example/send?key=k", ""),
        ((Desk::Leader, county), Channel::Email, "leader@yizhang.example", ""),
    ] {
        let new = address::NewAddress {
            desk: Some(desk),
            channel: Some(channel),
            address: to.to_owned(),
            secret: secret.to_owned(),
            reason: "按申请".to_owned(),
        };
        address::add(&stage.db, &stage.ctx(), &new).await.unwrap();
        let taken = refused(address::add(&stage.db, &stage.ctx(), &new).await);
        assert_eq!(taken, Refusal::Message(MessageFault::Taken));
    }
    sending::choose(&stage.db, &stage.ctx(), 0, (true, Weekday::Monday), "开通短信").await.unwrap();
    let mut tx = stage.db.write(COUNTY).await.unwrap();
    let secrets = [(borrower, SecretKind::Phone, "13800000000".to_owned())];
    person::put_secrets(&mut tx, stage.db.key(), COUNTY, &secrets).await.unwrap();
    tx.commit().await.unwrap();
}

/// Two loans that come to yellow and red, one that is green.
async fn told_of(stage: &Stage) {
    stage.read_in(File::Ledger, &ledger_of("2019-04-30", &["2019-05-20", "2019-05-20", "2019-07-30"])).await;
    addressed(stage).await;
    stage.close(date(2019, 4, 30)).await;
}

async fn next(stage: &Stage, ctx: &Ctx, channels: &[Channel]) -> Option<Box<Claimed>> {
    match claim(&stage.db, ctx, (channels, false)).await.unwrap() {
        Next::Try(claimed) => Some(claimed),
        Next::Nothing | Next::Settled => None,
    }
}

async fn what_is_told_is_queued_once_and_sent_once(stage: &Stage) {
    told_of(stage).await;
    assert_eq!(all(stage).await, [], "the opening tells nobody");
    stage.close(date(2019, 5, 1)).await;
    let digest = all(stage).await;
    let of = |all: &[Message]| all.iter().map(|one| (one.kind, one.channel)).collect::<Vec<_>>();
    assert_eq!(of(&digest), [(Kind::Notice, Channel::Email), (Kind::Notice, Channel::Webhook)]);
    stage.close(date(2019, 5, 1)).await;
    assert_eq!(all(stage).await, digest, "told is told");
    stage.close(date(2019, 5, 13)).await;
    let red = all(stage).await.split_off(2);
    assert_eq!(
        of(&red),
        [
            (Kind::Slip, Channel::Sms),
            // Red at once, to the township and the county; and the leader's Monday.
            (Kind::Notice, Channel::Email),
            (Kind::Notice, Channel::Webhook),
            (Kind::Notice, Channel::Wecom),
            (Kind::Weekly, Channel::Email),
        ]
    );
    assert!(red[0].at_once);
    // Each is handed out once, however many senders ask.
    let ctx = stage.ctx();
    let (one, other) =
        tokio::join!(next(stage, &ctx, &[Channel::Email]), next(stage, &ctx, &[Channel::Email]));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_ne!(one.message.message_id, other.message.message_id);
    assert!(matches!(&one.to, To::Office(target) if target.address == "baishidu@yizhang.example"));
    assert_eq!(settle(&stage.db, &ctx, &one.message, &Outcome::Sent).await.unwrap(), State::Sent);
    let text = next(stage, &ctx, &[Channel::Sms]).await.unwrap();
    assert!(matches!(&text.to, To::Phone(phone) if phone == "13800000000"));
    assert!(!format!("{text:?}").contains("138"), "no phone stands in a log");
    assert_eq!(settle(&stage.db, &ctx, &text.message, &Outcome::Sent).await.unwrap(), State::Sent);
    assert!(next(stage, &ctx, &[Channel::Sms]).await.is_none() && next(stage, &ctx, &[]).await.is_none());
    // Of two borrowers in red one has no phone: a slip is left.
    let mut tx = stage.db.read().await.unwrap();
    let filter = |part| SlipFilter { part, place_id: None, on_day: None };
    let open =
        slip::list(&mut tx, &ctx.scope, date(2019, 5, 13), filter(slip::Part::Open), (0, 9)).await.unwrap();
    let named: Vec<(&str, bool, Standing)> =
        open.iter().map(|row| (row.number.as_str(), row.has_phone, row.level)).collect();
    assert_eq!(named, [("A1", false, Standing::Red)]);
    assert_eq!(
        slip::count(&mut tx, &ctx.scope, date(2019, 5, 13), filter(slip::Part::Texted)).await.unwrap(),
        1
    );
    let lists = weekly::lists(&mut tx, &ctx).await.unwrap();
    assert_eq!((lists.len(), lists[0].on_day), (1, date(2019, 5, 13)));
    // Another due day is another episode.
    drop(tx);
    let extended = ledger_of("2019-05-13", &["2019-05-30", "2019-05-20", "2019-07-30"]);
    stage.read_in(File::Ledger, &extended).await;
    stage.close(date(2019, 5, 14)).await;
    let again: Vec<Message> = all(stage).await.into_iter().filter(|one| one.kind == Kind::Slip).collect();
    assert_eq!(again.len(), 2);
    assert_ne!(again[0].key, again[1].key);
}

async fn a_try_that_is_broken_off_waits_for_somebody(stage: &Stage) {
    told_of(stage).await;
    stage.close(date(2019, 5, 1)).await;
    let ctx = stage.ctx();
    // The program ends between sending and writing down that it did.
    let tried = next(stage, &ctx, &[Channel::Email]).await.unwrap();
    assert_eq!(
        find_broken_off(&stage.db, &later(&ctx, TRY_SECONDS_MAX)).await.unwrap(),
        0,
        "it may go on yet"
    );
    let after = later(&ctx, TRY_SECONDS_MAX + 1);
    assert_eq!(find_broken_off(&stage.db, &after).await.unwrap(), 1);
    assert_eq!(find_broken_off(&stage.db, &after).await.unwrap(), 0);
    assert!(next(stage, &after, &[Channel::Email]).await.is_none(), "nobody sends it twice unasked");
    let mut tx = stage.db.read().await.unwrap();
    let (lines, _) = list::page(&mut tx, &ctx, (Part::Failed, None), None, 9).await.unwrap();
    drop(tx);
    assert_eq!(lines.len(), 1);
    let unsure = &lines[0].message;
    assert_eq!((unsure.state, unsure.cause.as_ref().unwrap().kind), (State::Unsure, CauseKind::BrokenOff));
    assert_eq!(lines[0].shown, "baishidu@yizhang.example");
    // Somebody says what became of it, having seen it as it stands.
    let id = unsure.message_id;
    let stale = refused(act::received(&stage.db, &ctx, id, unsure.version - 1).await);
    assert_eq!(stale, Refusal::Message(MessageFault::MovedOn));
    act::again(&stage.db, &after, id, unsure.version).await.unwrap();
    let again = next(stage, &after, &[Channel::Email]).await.unwrap();
    assert_eq!((again.message.message_id, &again.message.key), (id, &tried.message.key), "known as a repeat");
    // What the first try says when it comes back at last is the second one's business too: neither is lost.
    assert_eq!(settle(&stage.db, &after, &again.message, &Outcome::Sent).await.unwrap(), State::Sent);
    assert_eq!(settle(&stage.db, &after, &tried.message, &Outcome::Sent).await.unwrap(), State::Sent);
    assert_eq!(refused(act::again(&stage.db, &after, id, 99).await), Refusal::Message(MessageFault::MovedOn));
    let mut tx = stage.db.read().await.unwrap();
    assert_eq!(audited(&mut tx, COUNTY, "message-again").await.unwrap(), 1);
    drop(tx);
    // The receiver's turn: it is silent, then refuses for good, and is asked again by somebody.
    let mut now = after;
    for pause in PAUSES {
        let tried = next(stage, &now, &[Channel::Webhook]).await.unwrap();
        let silent = Outcome::Unknown(Cause::bare(CauseKind::Timeout));
        assert_eq!(settle(&stage.db, &now, &tried.message, &silent).await.unwrap(), State::Failed);
        assert!(next(stage, &later(&now, pause - 5), &[Channel::Webhook]).await.is_none(), "it rests");
        now = later(&now, pause + 5);
    }
    let last = next(stage, &now, &[Channel::Webhook]).await.unwrap();
    let refusal = Outcome::Later(Cause::told(CauseKind::Status, 503));
    assert_eq!(settle(&stage.db, &now, &last.message, &refusal).await.unwrap(), State::Dead);
    assert_eq!(act::again_all(&stage.db, &now).await.unwrap(), 1);
    let tried = next(stage, &now, &[Channel::Webhook]).await.unwrap();
    assert_eq!(tried.message.attempts, 1, "counted anew");
    // An address that was taken away is told nothing more.
    settle(&stage.db, &now, &tried.message, &refusal).await.unwrap();
    address::end(&stage.db, &now, tried.message.address_id.unwrap(), "停用").await.unwrap();
    let after = later(&now, PAUSES[0] + 5);
    assert_eq!(claim(&stage.db, &after, (&[Channel::Webhook], false)).await.unwrap(), Next::Settled);
    assert!(all(stage).await.iter().any(|one| one.state == State::Dropped));
}

/// Killed anywhere, a close leaves what one that was left alone leaves: each message once.
async fn a_close_that_is_killed_queues_each_once(stage: &Stage) {
    let is_sqlite = matches!(stage.address(), Address::Sqlite(_));
    let alone = Stage::new(if is_sqlite { Engine::Sqlite } else { Engine::Postgres }).await;
    for one in [stage, &alone] {
        told_of(one).await;
        one.close(date(2019, 5, 12)).await;
    }
    alone.close(date(2019, 5, 13)).await;
    let mut steps = 2;
    loop {
        let ctx = stage.ctx();
        let close = bangfu_usecase::close::close(&stage.db, &ctx, date(2019, 5, 13), |_| {});
        if drop_after(close, steps).await.is_some() {
            break;
        }
        steps = steps * 4 / 3 + 1;
    }
    let kept = |all: Vec<Message>| {
        let kept: BTreeMap<String, (Kind, Channel, State)> =
            all.iter().map(|one| (one.key.clone(), (one.kind, one.channel, one.state))).collect();
        (all.len(), kept)
    };
    let (killed, wanted) = (kept(all(stage).await), kept(all(&alone).await));
    assert_eq!(killed.0, killed.1.len(), "none is there twice");
    // Ids differ between the books, and with them the keys of borrowers' messages: what is told, and how, does not.
    let told = |kept: BTreeMap<String, (Kind, Channel, State)>| {
        let mut told: Vec<_> = kept.into_values().collect();
        told.sort();
        told
    };
    assert!(killed.0 > 5, "{killed:?}");
    assert_eq!(told(killed.1), told(wanted.1));
}

async fn slips_are_printed_handed_over_and_say_what_the_county_wrote(stage: &Stage) {
    told_of(stage).await;
    stage.close(date(2019, 5, 13)).await;
    let day = |ctx: Ctx, on: Date| Ctx { today: on, ..ctx };
    let ctx = day(stage.ctx(), date(2019, 5, 14));
    let filter = SlipFilter { part: slip::Part::Open, place_id: None, on_day: Some(date(2019, 5, 13)) };
    let printed = slips::print(&stage.db, &ctx, &[], filter).await.unwrap();
    assert_eq!(printed.len(), 1);
    let row = &printed[0].row;
    assert_eq!((row.number.as_str(), printed[0].manager.as_deref()), ("A1", Some("管甲")));
    // The words are the county's.
    let mut tx = stage.db.read().await.unwrap();
    let (usual, number, _) = text::versions(&mut tx, &ctx).await.unwrap();
    drop(tx);
    assert!(number == 0 && usual.contains("{name}"));
    let write = async |seen, body: &str| text::write(&stage.db, &ctx, seen, body, "改短").await;
    let unknown = refused(write(0, "{name}{due}{sum}").await);
    assert_eq!(unknown, Refusal::Message(MessageFault::TextUnknown { word: "sum".to_owned() }));
    assert_eq!(
        refused(write(0, "{name}").await),
        Refusal::Message(MessageFault::TextLacks { word: "due".to_owned() })
    );
    write(0, "{name}：{due}到期").await.unwrap();
    assert_eq!(refused(write(0, "{name}{due}").await), Refusal::SeenOtherwise);
    let printed = slips::print(&stage.db, &ctx, &[row.slip_id], filter).await.unwrap();
    let said = printed[0].text.fill(|place| format!("<{}>", place.key()));
    assert_eq!(said, "<name>：<due>到期");
    // Handed over, by somebody, on a day that has come; what lies elsewhere is not there.
    let hand =
        async |ctx: &Ctx, on, by: &str| slips::hand_over(&stage.db, ctx, &[row.slip_id], (on, by)).await;
    let ahead = refused(hand(&ctx, date(2019, 5, 15), "村支书").await);
    assert_eq!(ahead, Refusal::Message(MessageFault::HandedDay));
    assert!(matches!(
        refused(hand(&ctx, ctx.today, " ").await),
        Refusal::Message(MessageFault::HandedBy { .. })
    ));
    let elsewhere = Ctx { scope: Scope { county_id: COUNTY, area: Area::Branch(-1) }, ..ctx.clone() };
    assert_eq!(refused(hand(&elsewhere, ctx.today, "村支书").await), Refusal::NothingChosen);
    assert_eq!(hand(&ctx, ctx.today, "村支书").await.unwrap(), 1);
    assert_eq!(hand(&ctx, ctx.today, "别人").await.unwrap(), 0, "the first stays");
    let mut tx = stage.db.read().await.unwrap();
    let filter = SlipFilter { part: slip::Part::Handed, ..filter };
    let handed = slip::list(&mut tx, &ctx.scope, ctx.today, filter, (0, 9)).await.unwrap();
    assert_eq!(handed[0].handed, Some((ctx.today, "村支书".to_owned())));
    assert_eq!(audited(&mut tx, COUNTY, "slips-printed").await.unwrap(), 2);
}

async fn the_leader_has_one_list_a_week(stage: &Stage) {
    told_of(stage).await;
    for ahead in 1..=55 {
        stage.close(bangfu_domain::loan::add_days(date(2019, 4, 30), ahead)).await;
    }
    let mut tx = stage.db.read().await.unwrap();
    let ctx = stage.ctx();
    let lists = weekly::lists(&mut tx, &ctx).await.unwrap();
    assert!(lists.iter().all(|list| list.on_day.weekday() == Weekday::Monday && list.on_day == list.as_of));
    assert_eq!((lists.len(), lists[0].on_day), (8, date(2019, 6, 24)), "{lists:?}");
    let lines = weekly::lines(&lists[0]);
    assert_eq!(lines.len(), 1, "{lines:?}");
    // Nobody visited any of them, and the bank has not said that the two are unpaid: only the third, blue by now, was told upward.
    assert_eq!((lines[0].late_long, lines[0].loans.len()), (1, 1));
    let told: Vec<Message> = all(stage).await.into_iter().filter(|one| one.kind == Kind::Weekly).collect();
    assert_eq!(told.len(), 8);
    let outside = Ctx { scope: Scope { county_id: COUNTY, area: Area::Branch(1) }, ..ctx };
    assert_eq!(weekly::lists(&mut tx, &outside).await.unwrap(), []);
    assert!(Timestamp::from_microsecond(lists[0].made_at).is_ok());
}

story!(what_is_told_is_queued_once_and_sent_once);
story!(a_try_that_is_broken_off_waits_for_somebody);
story!(a_close_that_is_killed_queues_each_once);
story!(slips_are_printed_handed_over_and_say_what_the_county_wrote);
story!(the_leader_has_one_list_a_week);
