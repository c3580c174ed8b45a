//! An official list is taken over: what is certain changes from its day on, and what is not waits for a person.

use std::collections::BTreeMap;

use bangfu_domain::division::compare::Decision;
use bangfu_sheets::Kind;
use bangfu_sheets::divisions::DivisionLine;
use bangfu_store::division;
use bangfu_usecase::Error;
use bangfu_usecase::division::PlaceFault;
use bangfu_usecase::division::change::Change;
use bangfu_usecase::division::list::{Fate, LineFaultKind, ListFault, Preview, Wanted, look, take};
use bangfu_usecase::error::Refusal;
use bangfu_usecase::rebuild::compare;
use jiff::civil::{Date, date};

use crate::places::{cells_are_lists, ledger};
use crate::regrouped::{FROM, TODAY, named, places_are_sound};
use crate::stage::{Stage, yizhang};
use crate::story;

fn wanted(lines: Vec<DivisionLine>) -> Wanted {
    let change =
        Change { seen: String::new(), from: FROM, reason: "2019 年统计用区划代码".to_owned() };
    Wanted { lines, decided: BTreeMap::new(), change }
}

async fn looked(stage: &Stage, wanted: &Wanted) -> Preview {
    look(&mut stage.db.read().await.unwrap(), &stage.ctx(), wanted).await.unwrap()
}

async fn fates(stage: &Stage, wanted: &Wanted) -> Vec<(String, &'static str)> {
    let preview = looked(stage, wanted).await;
    let name = |row: &bangfu_usecase::division::list::Row| {
        row.after.as_ref().or(row.before.as_ref()).map(|place| place.name.clone()).unwrap()
    };
    preview.rows.iter().map(|row| (name(row), row.fate.key())).collect()
}

async fn codes(stage: &Stage, day: Date) -> Vec<(String, String)> {
    let mut tx = stage.db.read().await.unwrap();
    let county = bangfu_store::county::get(&mut tx, 431_022).await.unwrap();
    let places = division::subtree(&mut tx, county.division_id, day).await.unwrap();
    places.into_iter().map(|place| (place.code, place.name)).collect()
}

/// A list in which a township has another name, a village another code, one lies elsewhere, one is new, and two are not there.
fn changed() -> Vec<DivisionLine> {
    let mut lines = yizhang();
    let edit = |lines: &mut Vec<DivisionLine>, name: &str, edit: &dyn Fn(&mut DivisionLine)| {
        edit(lines.iter_mut().find(|line| line.name == name).unwrap());
    };
    edit(&mut lines, "玉溪镇", &|line| line.name = "玉溪街道".to_owned());
    edit(&mut lines, "永安村", &|line| line.code = "431022205398".to_owned());
    edit(&mut lines, "白石渡村", &|line| {
        line.code = "431022111399".to_owned();
        line.parent = "431022111000".to_owned();
    });
    lines.retain(|line| line.name != "城北社区");
    let empty = lines.iter().position(|line| line.level == "village" && line.parent.starts_with("431022101"));
    lines.remove(empty.unwrap());
    let new = DivisionLine {
        line: 900,
        code: "431022101397".to_owned(),
        name: "移民新村".to_owned(),
        parent: "431022101000".to_owned(),
        level: "village".to_owned(),
        ..DivisionLine::default()
    };
    lines.push(new);
    lines
}

async fn a_list_is_looked_at_decided_about_and_taken_over(stage: &Stage) {
    stage.read_in(Kind::Ledger, &ledger()).await;
    stage.close(date(2019, 5, 20)).await;
    let same = looked(stage, &wanted(yizhang())).await;
    assert_eq!((same.rows.len(), same.unchanged), (0, 285), "its own list says nothing new");
    let before = codes(stage, FROM).await;
    let mut list = wanted(changed());
    let told = fates(stage, &list).await;
    let of = |name: &str| told.iter().find(|(one, _)| one == name).map(|(_, fate)| *fate);
    assert_eq!(of("玉溪街道"), Some("renamed"));
    assert_eq!(of("永安村"), Some("recoded"));
    assert_eq!(of("移民新村"), Some("new"));
    assert_eq!(of("白石渡村"), Some("uncertain"), "the same name in another township");
    assert_eq!(of("城北社区"), Some("stays"), "somebody lives there");
    assert_eq!(told.iter().filter(|(_, fate)| *fate == "gone").count(), 1);
    assert_eq!(codes(stage, FROM).await, before, "looking changes nothing");

    let village = named(stage, "白石渡村", TODAY).await;
    let line = list.lines.iter().find(|line| line.name == "白石渡村").unwrap().line;
    list.decided.insert(line, Decision::Is(village.division_id));
    let preview = looked(stage, &list).await;
    assert_eq!(preview.count(|fate| *fate == Fate::Moved), 1);
    assert_eq!(preview.count(|fate| matches!(fate, Fate::Uncertain(_))), 0);
    assert_eq!(preview.lines.len(), 1 + 19 + 265, "the county with all that lies in it");
    list.lines = preview.lines;
    let unseen = take(&stage.db, &stage.ctx(), &list).await;
    assert!(matches!(unseen, Err(Error::Refused(Refusal::Place(PlaceFault::MovedOn)))));
    list.change.seen = preview.seen;
    take(&stage.db, &stage.ctx(), &list).await.unwrap();
    let again = take(&stage.db, &stage.ctx(), &list).await;
    assert!(matches!(again, Err(Error::Refused(Refusal::Place(PlaceFault::MovedOn)))), "once");

    assert_eq!(codes(stage, date(2019, 6, 30)).await.len(), before.len());
    let after = codes(stage, FROM).await;
    let has = |code: &str, name: &str| after.contains(&(code.to_owned(), name.to_owned()));
    assert!(has("431022111000", "玉溪街道") && has("431022205398", "永安村"));
    assert!(has("431022111399", "白石渡村") && has("431022101397", "移民新村"));
    assert!(has("431022111001", "城北社区"));
    assert_eq!(after.len(), before.len(), "one is new and one is gone");
    let days = [date(2019, 6, 30), FROM, date(2019, 7, 31)];
    places_are_sound(stage, &days).await;
    assert!(compare(&stage.db, &stage.ctx()).await.unwrap().is_equal());
    for day in days {
        cells_are_lists(stage, &stage.ctx().scope, day).await;
    }
    // What is left of it: one place that the list does not have.
    list.decided.clear();
    assert_eq!(fates(stage, &list).await, [("城北社区".to_owned(), "stays")]);
}
story!(a_list_is_looked_at_decided_about_and_taken_over);

async fn a_bad_list_says_every_fault_with_its_row_and_changes_nothing(stage: &Stage) {
    let faults = async |lines: Vec<DivisionLine>| match look(
        &mut stage.db.read().await.unwrap(),
        &stage.ctx(),
        &wanted(lines),
    )
    .await
    {
        Err(ListFault::Lines(faults)) => {
            faults.into_iter().map(|fault| (fault.line, fault.kind)).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    let mut lines = yizhang();
    lines[5].code = "43102210".to_owned();
    lines[6].name = String::new();
    lines[7].level = "村".to_owned();
    lines[8].parent = "431022999000".to_owned();
    lines[9].code = lines[10].code.clone();
    let at = |index: usize| Some(lines[index].line);
    let found = faults(lines.clone()).await;
    for (index, kind) in [
        (5, LineFaultKind::Code),
        (6, LineFaultKind::Name),
        (7, LineFaultKind::Level),
        (8, LineFaultKind::Parent),
        (10, LineFaultKind::Twice),
    ] {
        assert!(found.contains(&(at(index), kind)), "{kind:?}: {found:?}");
    }
    assert!(found.is_sorted_by_key(|(line, _)| *line));
    let other = yizhang().into_iter().filter(|line| line.parent != "431022000000" && line.level != "village");
    assert_eq!(faults(other.collect()).await, [(None, LineFaultKind::County)]);
    // Two lines may not become places with one code.
    let mut lines = yizhang();
    let township = lines.iter().position(|line| line.name == "白石渡镇").unwrap();
    lines[township].name = "玉溪镇".to_owned();
    let mut list = wanted(lines);
    list.decided
        .insert(list.lines[township].line, Decision::Is(named(stage, "白石渡镇", TODAY).await.division_id));
    list.change.seen = looked(stage, &list).await.seen;
    let twice = take(&stage.db, &stage.ctx(), &list).await;
    assert!(matches!(twice, Err(Error::Refused(Refusal::Place(PlaceFault::NameTaken { .. })))), "{twice:?}");
}
story!(a_bad_list_says_every_fault_with_its_row_and_changes_nothing);
