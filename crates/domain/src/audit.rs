//! The record of who did what (审计) as a chain: each entry's mark is the SHA-256 of the mark before it and of all that the
//! entry says. Whoever alters, removes or reorders an entry breaks the chain at that place; whoever cuts off its tail is found
//! by what was sealed or handed out before.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The number of the change in the county's sequence; it never falls from one entry to the next.
    pub change_seq: i64,
    /// When, in microseconds since 1970.
    pub at: i64,
    /// Who.
    pub actor: String,
    /// In which role; `None` for whoever holds none: the night, a command line.
    pub role: Option<String>,
    /// What, as the key of a text.
    pub action: String,
    /// To what.
    pub subject: String,
    /// What changed, as JSON.
    pub facts: String,
    /// Why, where a reason was asked for.
    pub reason: Option<String>,
    /// The request in which it happened.
    pub request_id: String,
    /// From where.
    pub client_id: String,
}

/// An entry as the book keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its number in the county's record, from 1.
    pub number: i64,
    /// What it says.
    pub said: Said,
    /// Its mark: 64 small hexadecimal digits.
    pub mark: String,
}

/// How far a record goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    /// The number of the last entry; 0 before the first.
    pub number: i64,
    /// Its mark; empty before the first.
    pub mark: String,
}

impl Head {
    /// The head once a county's record goes on with an entry.
    pub fn after(&self, county_id: i64, said: &Said) -> Head {
        let number = self.number + 1;
        let mut hash = Sha256::new();
        // Each part with its length before it: no two entries read alike.
        let mut part = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        part(b"bangfu audit 1");
        part(self.mark.as_bytes());
        for whole in [county_id, number, said.change_seq, said.at] {
            part(&whole.to_be_bytes());
        }
        for text in [&said.actor, &said.action, &said.subject, &said.facts, &said.request_id, &said.client_id]
        {
            part(text.as_bytes());
        }
        for text in [&said.role, &said.reason] {
            part(if text.is_some() { b"1" } else { b"0" });
            part(text.as_deref().unwrap_or_default().as_bytes());
        }
        let mark = hash.finalize().iter().fold(String::new(), |mut mark, byte| {
            let _ = write!(mark, "{byte:02x}");
            mark
        });
        Head { number, mark }
    }
}

/// What is wrong with a record, and where first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// The entry says something else than when it was written.
    Altered(i64),
    /// There is no entry of that number, and there are later ones.
    Missing(i64),
    /// The entry stands in the place of another.
    Reordered(i64),
    /// The record ends before that entry, which was there once.
    Truncated(i64),
    /// The record is sound in itself, but at that entry it is not the one that was sealed or handed out before.
    Rewritten(i64),
}

impl Flaw {
    /// The key of its text.
    pub const fn key(self) -> &'static str {
        match self {
            Flaw::Altered(_) => "altered",
            Flaw::Missing(_) => "missing",
            Flaw::Reordered(_) => "reordered",
            Flaw::Truncated(_) => "truncated",
            Flaw::Rewritten(_) => "rewritten",
        }
    }

    /// The number of the entry.
    pub const fn number(self) -> i64 {
        match self {
            Flaw::Altered(number)
            | Flaw::Missing(number)
            | Flaw::Reordered(number)
            | Flaw::Truncated(number)
            | Flaw::Rewritten(number) => number,
        }
    }
}

/// Goes along a record, entry by entry, and holds it against itself and against heads that were known before.
#[derive(Debug, Clone)]
pub struct Walk {
    county_id: i64,
    head: Head,
    /// The change of the entry before.
    change_seq: i64,
    /// Known heads that are still to come, the next one last.
    known: Vec<Head>,
    /// A break whose kind the next entry tells.
    broken: Option<i64>,
    flaw: Option<Flaw>,
}

impl Walk {
    /// A walk along a county's record that must pass through some heads.
    pub fn new(county_id: i64, mut known: Vec<Head>) -> Walk {
        known.retain(|head| head.number > 0);
        known.sort_by_key(|head| std::cmp::Reverse(head.number));
        Walk { county_id, head: Head::default(), change_seq: i64::MIN, known, broken: None, flaw: None }
    }

    /// Passes the next entry; false once a flaw is found, behind which nothing can be said.
    pub fn pass(&mut self, link: &Link) -> bool {
        if self.flaw.is_some() {
            return false;
        }
        if let Some(number) = self.broken {
            // Where two changed places, the second is of an earlier change than the first.
            let fell = link.said.change_seq < self.change_seq;
            self.flaw = Some(if fell { Flaw::Reordered(number) } else { Flaw::Altered(number) });
            return false;
        }
        let next = self.head.after(self.county_id, &link.said);
        if link.number != next.number {
            self.flaw = Some(Flaw::Missing(next.number));
            return false;
        }
        if link.said.change_seq < self.change_seq {
            self.flaw = Some(Flaw::Reordered(link.number));
            return false;
        }
        self.change_seq = link.said.change_seq;
        if link.mark != next.mark {
            self.broken = Some(link.number);
            return true;
        }
        while self.known.last().is_some_and(|head| head.number == next.number) {
            if self.known.pop().is_some_and(|head| head.mark != next.mark) {
                self.flaw = Some(Flaw::Rewritten(next.number));
                return false;
            }
        }
        self.head = next;
        true
    }

    /// How far the record goes, once all of it was passed.
    ///
    /// # Errors
    /// The first flaw.
    pub fn end(self) -> Result<Head, Flaw> {
        match (self.flaw, self.broken, self.known.last()) {
            (Some(flaw), ..) => Err(flaw),
            (None, Some(number), _) => Err(Flaw::Altered(number)),
            (None, None, Some(_)) => Err(Flaw::Truncated(self.head.number + 1)),
            (None, None, None) => Ok(self.head),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(seq: i64, what: &str) -> Said {
        Said {
            change_seq: seq,
            at: 1_000_000 + seq,
            actor: "李娜".to_owned(),
            role: Some("centre-clerk".to_owned()),
            action: what.to_owned(),
            subject: seq.to_string(),
            facts: "{}".to_owned(),
            reason: None,
            request_id: format!("r{seq}"),
            client_id: "local".to_owned(),
        }
    }

    /// So many entries, now and then two of one change.
    fn chain(count: i64) -> Vec<Link> {
        let mut head = Head::default();
        let link = |number: i64| {
            let said = said(number - number / 3, "close");
            head = head.after(431_022, &said);
            Link { number, said, mark: head.mark.clone() }
        };
        (1..=count).map(link).collect()
    }

    fn walk(links: &[Link], known: Vec<Head>) -> Result<Head, Flaw> {
        let mut walk = Walk::new(431_022, known);
        for link in links {
            if !walk.pass(link) {
                break;
            }
        }
        walk.end()
    }

    fn head(link: &Link) -> Head {
        Head { number: link.number, mark: link.mark.clone() }
    }

    #[test]
    fn a_mark_is_that_of_an_independent_computation() {
        // Computed with Python's hashlib over the parts as they are described above.
        let mark = Head::default().after(431_022, &said(1, "init")).mark;
        assert_eq!(mark, "8eb6a1b3746ef24e7fea24dd253d70e56ed1e602b6e899f26af965ac14f52993");
    }

    #[test]
    fn no_two_entries_read_alike() {
        let (one, mut other) = (said(1, "close"), said(1, "close"));
        other.reason = Some(String::new());
        let head = Head::default();
        assert_ne!(head.after(1, &one), head.after(1, &other), "no reason is not an empty one");
        let (mut one, mut other) = (one, said(1, "close"));
        (one.actor, one.action) = ("ab".to_owned(), "c".to_owned());
        (other.actor, other.action) = ("a".to_owned(), "bc".to_owned());
        assert_ne!(head.after(1, &one), head.after(1, &other));
        assert_ne!(head.after(1, &one), head.after(2, &one), "nor is it another county's");
    }

    #[test]
    fn a_record_goes_through_what_was_known_of_it() {
        let links = chain(9);
        let known = vec![head(&links[8]), head(&links[3]), head(&links[3]), Head::default()];
        assert_eq!(walk(&links, known.clone()), Ok(head(&links[8])));
        assert_eq!(walk(&links[..6], known), Err(Flaw::Truncated(7)));
        assert_eq!(walk(&[], Vec::new()), Ok(Head::default()));
        // Whoever writes the whole record anew is found by what was handed out before.
        let mut other = links[3].clone();
        other.mark = "0".repeat(64);
        assert_eq!(walk(&links, vec![head(&other)]), Err(Flaw::Rewritten(4)));
    }

    proptest! {
        #[test]
        fn whatever_is_done_to_an_entry_is_named(count in 2_i64..30, at in 0_usize..30, how in 0_u8..10) {
            let sound = chain(count);
            let at = at % sound.len();
            let mut links = sound.clone();
            let said = &mut links[at].said;
            match how {
                0 => said.actor.push('x'),
                1 => said.role = None,
                2 => said.action.push('x'),
                3 => said.subject.push('x'),
                4 => said.facts.push('x'),
                5 => said.reason = Some(String::new()),
                6 => said.request_id.clear(),
                7 => said.client_id.clear(),
                8 => said.at += 1,
                _ => links[at].mark = "0".repeat(64),
            }
            let number = links[at].number;
            prop_assert_eq!(walk(&links, Vec::new()), Err(Flaw::Altered(number)));
        }

        #[test]
        fn what_is_missing_swapped_or_cut_off_is_named(count in 3_i64..30, at in 0_usize..30) {
            let sound = chain(count);
            let at = at % (sound.len() - 1);
            let mut links = sound.clone();
            links.remove(at);
            prop_assert_eq!(walk(&links, Vec::new()), Err(Flaw::Missing(sound[at].number)));
            // Two change what they say, and their numbers stay.
            let mut links = sound.clone();
            let (one, next) = (links[at].clone(), links[at + 1].clone());
            links[at] = Link { number: one.number, ..next.clone() };
            links[at + 1] = Link { number: next.number, ..one.clone() };
            let same = one.said.change_seq == next.said.change_seq;
            let flaw = if same { Flaw::Altered(one.number) } else { Flaw::Reordered(one.number) };
            prop_assert_eq!(walk(&links, Vec::new()), Err(flaw));
            let known = vec![head(&sound[sound.len() - 1])];
            prop_assert_eq!(walk(&sound[..at], known), Err(Flaw::Truncated(sound[at].number)));
        }
    }
}
