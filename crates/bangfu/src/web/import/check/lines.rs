//! Faults and mended cells as the lines of a page.

use std::collections::{BTreeMap, HashMap};

use bangfu_sheets::fault::Fault;
use bangfu_sheets::mend::Spot;
use bangfu_sheets::subject::Subject;
use bangfu_usecase::import::{CellAt, Look, Mended, Report};
use form_urlencoded::Serializer;

use super::filter::{CheckFilter, Show};
use super::{Check, FaultGroup, FaultRow, Field, MendedRow, Pages};
use crate::texts::{Lang, Value};
use crate::web::frame::Face;
use crate::web::import::compare::masked;
use crate::web::loan::view::{Chip, Choice};
use crate::web::page::unsigned;
use crate::words;

/// Lines of a list of which the whole page shows the beginning, and of a page of a list by itself.
pub(in crate::web::import) const BEGINNING: usize = 20;
pub(in crate::web::import) const PAGE: usize = 100;

/// What was typed into the fields of a page, by the cells that they mend.
pub(in crate::web::import) type Typed = HashMap<String, String>;

/// Names and contract numbers by sheet and row.
type Owners<'a> = HashMap<(&'a str, u32), String>;

/// What of a list stands on a page, and the way through it.
pub(in crate::web::import) fn page_of<T>(
    lines: Vec<T>,
    filter: &CheckFilter,
    import_id: i64,
) -> (Vec<T>, Option<Pages>) {
    let (page, way) = way(lines.len(), filter, import_id);
    (lines.into_iter().skip(page * PAGE).take(PAGE).collect(), way)
}

/// Which page of a list of so many lines is shown, from 0, and the way through it where it has several.
pub(in crate::web::import) fn way(
    lines: usize,
    filter: &CheckFilter,
    import_id: i64,
) -> (usize, Option<Pages>) {
    let pages = lines.div_ceil(PAGE).max(1);
    let page = filter.page.min(pages - 1);
    let to = |page: usize| filter.at(page).address(import_id);
    let way = Pages {
        page: page + 1,
        pages,
        previous: page.checked_sub(1).map(to),
        next: (page + 1 < pages).then(|| to(page + 1)),
    };
    (page, (pages > 1).then_some(way))
}

/// Builds the check of an import.
pub(in crate::web::import) struct Clerk<'a> {
    face: &'a Face,
    lang: Lang,
    look: &'a Look,
    filter: &'a CheckFilter,
    typed: &'a Typed,
    owners: Owners<'a>,
    mended: HashMap<Spot, &'a Mended>,
    taken: bool,
}

/// A fault, how many are like it, and its cell.
struct Line<'a> {
    fault: &'a Fault,
    cell: Option<&'a CellAt>,
    count: u64,
}

impl<'a> Clerk<'a> {
    pub(in crate::web::import) fn new(
        face: &'a Face,
        lang: Lang,
        look: &'a Look,
        filter: &'a CheckFilter,
        typed: &'a Typed,
    ) -> Clerk<'a> {
        let mended = look.mended.iter().map(|one| (one.spot, one)).collect();
        let taken = look.import.status.was_taken();
        Clerk { face, lang, look, filter, typed, owners: owners(&look.report), mended, taken }
    }

    /// The check as its page shows it.
    pub(in crate::web::import) fn check(&self) -> Check {
        let (look, filter) = (self.look, self.filter);
        let import_id = look.import.import_id;
        let report = &look.report;
        let mut check = Check {
            filter: filter.clone(),
            chips: self.chips(),
            mended_in_all: unsigned(report.mended),
            action: (!self.taken).then(|| filter.address_of(&format!("/import/{import_id}/mend"))),
            ..Check::default()
        };
        let mended = self.mended_rows();
        if filter.show == Show::Mended {
            (check.mended, check.pages) = page_of(mended, filter, import_id);
        } else if filter.is_whole() {
            check.mended = mended.into_iter().take(BEGINNING).collect();
        }
        if !filter.shows_faults() {
            return check;
        }
        (check.kinds, check.sheets, check.columns) = self.choices();
        let errors = self.lines(&report.errors, &look.error_cells);
        let findings = self.lines(&report.findings, &look.finding_cells);
        let mut number = 0;
        if filter.is_narrow() {
            let apart = errors.len();
            let all: Vec<(usize, Line<'_>)> = (0..).zip(errors.into_iter().chain(findings)).collect();
            let totals = totals(all.iter().map(|(at, line)| (*at < apart, line)));
            let (shown, pages) = page_of(all, filter, import_id);
            check.pages = pages;
            let (errors, findings): (Vec<_>, Vec<_>) = shown.into_iter().partition(|(at, _)| *at < apart);
            let mut groups = |is_error, lines: Vec<(usize, Line<'_>)>| {
                let lines = lines.into_iter().map(|(_, line)| line).collect();
                self.groups(lines, usize::MAX, &totals, is_error, &mut number)
            };
            check.errors = groups(true, errors);
            check.findings = groups(false, findings);
        } else {
            let of = totals(
                errors.iter().map(|line| (true, line)).chain(findings.iter().map(|line| (false, line))),
            );
            check.errors = self.groups(errors, BEGINNING, &of, true, &mut number);
            check.findings = self.groups(findings, BEGINNING, &of, false, &mut number);
        }
        check
    }

    /// The lines of a list of faults: those that belong on the page, alike ones as one, the most frequent kind first.
    fn lines(&self, faults: &'a [Fault], cells: &'a [Option<CellAt>]) -> Vec<Line<'a>> {
        let mut by_kind: BTreeMap<&str, Vec<Line<'a>>> = BTreeMap::new();
        let mut alike: HashMap<(&str, &str, &str), Vec<usize>> = HashMap::new();
        for (fault, cell) in faults.iter().zip(cells).filter(|(fault, _)| self.is_wanted(fault)) {
            let (kind, cell) = (fault.code.key(), cell.as_ref());
            let lines = by_kind.entry(kind).or_default();
            let folds = !self.filter.each && cell.is_some_and(|cell| cell.found.is_shared());
            if folds {
                let known = alike.entry((kind, &fault.at.column, &fault.value)).or_default();
                if let Some(at) = known.iter().find(|at| lines[**at].fault.code == fault.code) {
                    lines[*at].count += 1;
                    continue;
                }
                known.push(lines.len());
            }
            lines.push(Line { fault, cell, count: 1 });
        }
        let mut kinds: Vec<Vec<Line<'a>>> = by_kind.into_values().collect();
        kinds.sort_by_key(|lines| std::cmp::Reverse(lines.iter().map(|line| line.count).sum::<u64>()));
        kinds.into_iter().flatten().collect()
    }

    fn is_wanted(&self, fault: &Fault) -> bool {
        let filter = self.filter;
        let is = |wanted: &str, there: &str| wanted.is_empty() || wanted == there;
        let text = filter.text.as_str();
        let says = || {
            text.is_empty()
                || fault.at.row.to_string() == text
                || if filter.each { fault.value == text } else { fault.value.contains(text) }
                || self.owner(fault).contains(text)
        };
        is(&filter.kind, fault.code.key())
            && is(&filter.sheet, &fault.at.sheet)
            && is(&filter.column, &fault.at.column)
            && says()
    }

    fn owner<'s>(&'s self, fault: &'s Fault) -> &'s str {
        self.owners.get(&(fault.at.sheet.as_str(), fault.at.row)).map_or("", String::as_str)
    }

    fn groups(
        &self,
        lines: Vec<Line<'_>>,
        most: usize,
        totals: &Totals,
        is_error: bool,
        number: &mut usize,
    ) -> Vec<FaultGroup> {
        let mut groups: Vec<FaultGroup> = Vec::new();
        let few = lines.len() <= BEGINNING;
        let mut last = "";
        for line in lines {
            let kind = line.fault.code.key();
            if kind != last {
                last = kind;
                let filter = CheckFilter { kind: kind.to_owned(), ..self.filter.at(0) };
                groups.push(FaultGroup {
                    title: self.lang.text(&format!("fault-title-{kind}")),
                    count: totals.get(&(is_error, kind)).copied().unwrap_or(0),
                    href: filter.address(self.look.import.import_id),
                    is_open: !self.filter.is_whole() || groups.is_empty() || (is_error && few),
                    rows: Vec::new(),
                });
            }
            if let Some(group) = groups.last_mut().filter(|group| group.rows.len() < most) {
                *number += 1;
                group.rows.push(self.row(&line, *number));
            }
        }
        groups
    }

    fn row(&self, line: &Line<'_>, number: usize) -> FaultRow {
        let fault = line.fault;
        let said = words::fault(self.lang, fault);
        // Whoever corrects a file needs to see what it says; the history of imports does not.
        let value = if self.taken { masked(&fault.value) } else { fault.value.clone() };
        let each = CheckFilter {
            kind: fault.code.key().to_owned(),
            column: fault.at.column.clone(),
            text: fault.value.clone(),
            each: true,
            ..self.filter.at(0)
        };
        FaultRow {
            sheet: fault.at.sheet.clone(),
            row: fault.at.row,
            subject: if line.count > 1 { String::new() } else { self.owner(fault).to_owned() },
            count: line.count,
            each: (line.count > 1).then(|| each.address(self.look.import.import_id)),
            column: fault.at.column.clone(),
            value,
            message: said.message,
            cure: said.cure,
            field: line.cell.filter(|_| !self.taken).map(|cell| self.field(line, cell, number)),
        }
    }

    fn field(&self, line: &Line<'_>, cell: &CellAt, number: usize) -> Field {
        let fault = line.fault;
        let cells = Serializer::new(String::new())
            .append_pair("code", fault.code.key())
            .append_pair("sheet", &fault.at.sheet)
            .append_pair("row", &fault.at.row.to_string())
            .append_pair("column", &fault.at.column)
            .append_pair("all", if line.count > 1 { "1" } else { "" })
            .finish();
        let mended = self.mended.get(&cell.found.spot);
        let is_secret = cell.found.is_secret() && mended.is_none();
        let stands = if is_secret { String::new() } else { cell.shown.clone() };
        Field {
            number,
            text: self.typed.get(&cells).cloned().unwrap_or(stands),
            cells,
            is_secret,
            choices: fault.code.choices().to_vec(),
            mended: mended.map(|one| (masked(&one.was), spot_word(one.spot, line.count > 1))),
        }
    }

    /// Mended cells, alike ones as one.
    fn mended_rows(&self) -> Vec<MendedRow> {
        let mut rows: Vec<(&Mended, u64)> = Vec::new();
        let mut alike: HashMap<(&str, &str, &str), usize> = HashMap::new();
        for one in &self.look.mended {
            match alike.entry((&one.at.column, &one.was, &one.text)) {
                std::collections::hash_map::Entry::Occupied(known) => rows[*known.get()].1 += 1,
                std::collections::hash_map::Entry::Vacant(new) => {
                    new.insert(rows.len());
                    rows.push((one, 1));
                }
            }
        }
        let row = |(one, count): (&Mended, u64)| MendedRow {
            sheet: one.at.sheet.clone(),
            row: one.at.row,
            count,
            column: one.at.column.clone(),
            was: masked(&one.was),
            text: masked(&one.text),
            at: self.face.local(one.mended_at),
            back: spot_word(one.spot, count > 1),
        };
        rows.into_iter().map(row).collect()
    }

    /// What the faults of the file may be narrowed to, with how many each leaves.
    fn choices(&self) -> (Vec<Choice>, Vec<Choice>, Vec<Choice>) {
        let report = &self.look.report;
        let (mut kinds, mut sheets, mut columns) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for fault in report.errors.iter().chain(&report.findings) {
            *kinds.entry(fault.code.key()).or_insert(0_u64) += 1;
            *sheets.entry(fault.at.sheet.as_str()).or_insert(0_u64) += 1;
            *columns.entry(fault.at.column.as_str()).or_insert(0_u64) += 1;
        }
        let choices =
            |counts: BTreeMap<&str, u64>, chosen: &str, name: &dyn Fn(&str) -> String| -> Vec<Choice> {
                let mut counts: Vec<_> = counts.into_iter().filter(|(value, _)| !value.is_empty()).collect();
                counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
                let choice = |(value, count): (&str, u64)| {
                    let said = [("name", Value::from(name(value))), ("n", Value::from(count))];
                    let name = self.lang.text_with("name-with-count", &said);
                    Choice { value: value.to_owned(), name, chosen: value == chosen }
                };
                counts.into_iter().map(choice).collect()
            };
        let several = if sheets.len() > 1 { sheets } else { BTreeMap::new() };
        let title = |kind: &str| self.lang.text(&format!("fault-title-{kind}"));
        (
            choices(kinds, &self.filter.kind, &title),
            choices(several, &self.filter.sheet, &str::to_owned),
            choices(columns, &self.filter.column, &str::to_owned),
        )
    }

    fn chips(&self) -> Vec<Chip> {
        let (filter, lang) = (self.filter.at(0), self.lang);
        let import_id = self.look.import.import_id;
        let mut chips = Vec::new();
        let mut chip = |key: Option<&str>, value: &str, without: fn(&mut CheckFilter)| {
            if value.is_empty() {
                return;
            }
            let said = [("name", Value::from(value)), ("text", Value::from(value))];
            let label = key.map_or_else(|| value.to_owned(), |key| lang.text_with(key, &said));
            let mut rest = filter.clone();
            without(&mut rest);
            chips.push(Chip { label, href: rest.address(import_id) });
        };
        let kind = lang.find(&format!("fault-title-{}", filter.kind), &[]);
        let each = if filter.each { lang.text("check-each") } else { String::new() };
        let show = match filter.show {
            Show::All => String::new(),
            Show::New => lang.text("made-loans"),
            Show::Changed => lang.text("changed-values"),
            Show::Missing => lang.text("changes-missing"),
            Show::Mended => lang.text("mended-cells"),
        };
        chip(Some("chip-kind"), kind.as_ref().unwrap_or(&filter.kind), |filter| filter.kind.clear());
        chip(Some("chip-sheet"), &filter.sheet, |filter| filter.sheet.clear());
        chip(Some("chip-column"), &filter.column, |filter| filter.column.clear());
        chip(Some("chip-search"), &filter.text, |filter| filter.text.clear());
        chip(None, &each, |filter| filter.each = false);
        chip(None, &show, |filter| filter.show = Show::All);
        chips
    }
}

/// How many faults there are of each kind, errors and findings apart.
type Totals = HashMap<(bool, &'static str), u64>;

fn totals<'a>(lines: impl Iterator<Item = (bool, &'a Line<'a>)>) -> Totals {
    let mut totals = HashMap::new();
    for (is_error, line) in lines {
        *totals.entry((is_error, line.fault.code.key())).or_insert(0) += line.count;
    }
    totals
}

fn owners(report: &Report) -> Owners<'_> {
    let told = |one: &Subject| {
        let parts = [one.name.as_deref(), one.number.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    report.subjects.iter().map(|one| ((one.at.sheet.as_str(), one.at.row), told(one))).collect()
}

/// A cell as buttons send it; with all cells that were mended like it, if so.
fn spot_word(spot: Spot, all: bool) -> String {
    let all = if all { "." } else { "" };
    format!("{}.{}.{}{all}", spot.sheet, spot.row, spot.column)
}

/// The cell that a button sent, and whether all like it are meant.
pub(super) fn spot_of(word: &str) -> Option<(Spot, bool)> {
    let (word, all) = word.strip_suffix('.').map_or((word, false), |word| (word, true));
    let mut parts = word.split('.').map(|part| part.parse::<usize>().ok());
    let spot = Spot { sheet: parts.next()??, row: parts.next()??, column: parts.next()?? };
    parts.next().is_none().then_some((spot, all))
}
