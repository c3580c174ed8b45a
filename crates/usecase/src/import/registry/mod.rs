//! Who is known, and who is new: institutions, branches, enterprises, officers, households and persons.
//!
//! New ones get ids at once, so that later rows find them; they are written when the plan is.

mod branches;
mod officers;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bangfu_domain::bank::{Home, named};
use bangfu_domain::division::Called;
use bangfu_domain::officer::Role;
use bangfu_store::bank::{self, Branch, Lender};
use bangfu_store::county::{self, County, Stamp};
use bangfu_store::household::{self, Household};
use bangfu_store::import::{self as stored, Rows, Writing};
use bangfu_store::officer::{self, Officer};
use bangfu_store::person::{self, Person, SecretKind};
use bangfu_store::{Db, Tx, audit, division, enterprise, former_name, gone};
use jiff::civil::Date;

use super::{Scene, writing};
use crate::change::note_persons;
use crate::error::Error;

/// Ids for what is new: taken from the county's counter when the plan is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ids {
    first: i64,
    next: i64,
}

impl Ids {
    /// Ids from the county's counter as it stands.
    pub(crate) async fn load(tx: &mut Tx, county: &County) -> Result<Ids, Error> {
        let first = county::next_id(tx, county.county_id).await?;
        Ok(Ids { first, next: first })
    }

    /// A new id.
    pub(crate) fn take(&mut self) -> i64 {
        self.next += 1;
        self.next - 1
    }

    /// The ids that were taken: the first, and the one behind the last.
    pub(crate) fn taken(self) -> (i64, i64) {
        (self.first, self.next)
    }

    /// Moves the county's counter past the ids that were taken.
    pub(crate) async fn save(self, tx: &mut Tx, county: &County) -> Result<(), Error> {
        let count = usize::try_from(self.next - self.first).unwrap_or(0);
        county::take_ids(tx, county.county_id, count).await?;
        Ok(())
    }
}

/// A person's place in the book: the person and the household.
pub(crate) type Found = (i64, Option<i64>);

/// The county in whose book institutions are named.
pub(crate) fn home(county: &County) -> Home<'_> {
    home_of(&county.called)
}

/// The county that is called so, one after the other.
fn home_of(called: &[Called]) -> Home<'_> {
    let (code, name) = called.last().map_or(("", ""), |last| (last.code.as_str(), last.name.as_str()));
    Home { code, name, besides: called }
}

/// The names of a county's book.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    /// The county's codes and names, by which its own institutions are known.
    home: Vec<Called>,
    /// The county itself as a place: who serves no township serves it.
    whole_county: i64,
    /// By key.
    lenders: HashMap<String, i64>,
    /// By name as it is spelled, names of before included.
    branches: HashMap<String, Branch>,
    /// The first spelling of each branch, by its institution and its key there.
    spellings: HashMap<(i64, String), String>,
    /// 撤并: into which branch each was merged, and from which day on.
    merged: HashMap<i64, (i64, Date)>,
    enterprises: HashMap<String, i64>,
    officers: HashMap<(i64, String), Officer>,
    /// Those who have left, by name: files may name them for a while.
    left: HashMap<String, Vec<Officer>>,
    /// What officers are called whose names were corrected, by the wrong one.
    corrected: HashMap<String, String>,
    persons: HashMap<Vec<u8>, Found>,
    /// Keyed hashes of phone numbers by person.
    phones: HashMap<i64, Vec<u8>>,
    /// The places for which rosters list an officer, by name and role.
    listed: HashMap<(String, Role), BTreeSet<i64>>,
    /// The roles of which a roster is on file.
    roles_on_file: BTreeSet<Role>,
    /// Whom a ledger can have meant by names that no roster lists, by township: books repeat them thousands of times.
    nearest: HashMap<(i64, String, Role), Vec<String>>,
    /// Which branches of the book can have been meant by names that it has not.
    likely: HashMap<String, Vec<String>>,
    /// Institutions, branches and enterprises that are gone until a file names them again.
    gone: BTreeSet<(&'static str, i64)>,
    new: New,
}

/// The names that a file adds or changes, with the ids of the new ones.
#[derive(Debug)]
pub(crate) struct Names {
    pub(crate) ids: Ids,
    pub(crate) registry: Registry,
}

impl Names {
    /// The names of a county's book as they stand.
    pub(crate) async fn load(tx: &mut Tx, county: &County, on: Date) -> Result<Names, Error> {
        Ok(Names { ids: Ids::load(tx, county).await?, registry: Registry::load(tx, county, on).await? })
    }

    /// Writes all that is new.
    pub(in crate::import) async fn save(mut self, tx: &mut Tx, scene: &Scene<'_>) -> Result<(), Error> {
        self.registry.save(tx, scene.db, scene.county, scene.stamp, scene.import_id).await?;
        self.ids.save(tx, scene.county).await
    }
}

/// What is to be written.
#[derive(Debug, Default)]
struct New {
    lenders: Vec<Lender>,
    branches: Vec<Branch>,
    enterprises: Vec<(i64, String)>,
    officers: BTreeMap<i64, Officer>,
    persons: BTreeMap<i64, Person>,
    households: BTreeMap<i64, Household>,
    secrets: BTreeMap<(i64, SecretKind), String>,
    /// Institutions, branches and enterprises that were gone and are named again.
    back: Vec<(gone::Noun, i64)>,
}

/// What is named by many and comes back when it is named again, with what an import keeps of it.
const NAMED_AGAIN: [(gone::Noun, stored::Noun); 3] = [
    (gone::Noun::Lender, stored::Noun::Lender),
    (gone::Noun::Branch, stored::Noun::Branch),
    (gone::Noun::Enterprise, stored::Noun::Enterprise),
];

impl Registry {
    /// Loads the names of a county's book, with its officers where they serve on a day: whoever served a place that
    /// ended serves what took over from it.
    pub(crate) async fn load(tx: &mut Tx, county: &County, on: Date) -> Result<Registry, Error> {
        let id = county.county_id;
        let mut registry =
            Registry { home: county.called.clone(), whole_county: county.division_id, ..Registry::default() };
        for lender in bank::lenders(tx, id).await? {
            registry.lenders.entry(named(&lender.name, home(county)).lender).or_insert(lender.lender_id);
        }
        for former in former_name::list(tx, id, gone::Noun::Lender).await? {
            registry.lenders.entry(named(&former.name, home(county)).lender).or_insert(former.row_id);
        }
        registry.load_branches(tx, id).await?;
        for (enterprise, name) in enterprise::list(tx, id).await? {
            registry.enterprises.insert(name, enterprise);
        }
        for (noun, _) in NAMED_AGAIN {
            let gone = gone::ids(tx, id, noun).await?;
            registry.gone.extend(gone.into_iter().map(|row| (noun.key(), row)));
        }
        let left = gone::ids(tx, id, gone::Noun::Officer).await?;
        let mut officers = officer::list(tx, id).await?;
        officers.retain(|officer| !left.contains(&officer.officer_id));
        registry.note_corrected(former_name::list(tx, id, gone::Noun::Officer).await?, &officers);
        let succession = division::succession(tx, county.division_id).await?;
        for mut officer in officers {
            if officer.left_on.is_some() {
                registry.left.entry(officer.name.clone()).or_default().push(officer);
                continue;
            }
            let home = succession.on(officer.division_id, on);
            let moved = home != officer.division_id;
            officer.division_id = home;
            for role in officer.roles.iter().filter(|_| officer.confirmed) {
                registry.list(officer.division_id, &officer.name, *role);
            }
            let key = (officer.division_id, officer.name.clone());
            // Of two with one name, who always served there is meant.
            if !moved || !registry.officers.contains_key(&key) {
                registry.officers.insert(key, officer);
            }
        }
        Ok(registry)
    }

    async fn load_branches(&mut self, tx: &mut Tx, county_id: i64) -> Result<(), Error> {
        let branches = bank::branches(tx, county_id).await?;
        self.merged.extend(branches.iter().filter_map(|branch| Some((branch.branch_id, branch.merged?))));
        let by_id: HashMap<i64, Branch> =
            branches.iter().map(|branch| (branch.branch_id, branch.clone())).collect();
        for branch in branches {
            self.add_branch(branch.name.clone(), branch);
        }
        for former in former_name::list(tx, county_id, gone::Noun::Branch).await? {
            if let Some(branch) = by_id.get(&former.row_id) {
                self.add_branch(former.name, branch.clone());
            }
        }
        Ok(())
    }

    /// Looks up those whose identity numbers have these keyed hashes, and forgets whom it knew before: a file names few of
    /// all.
    pub(crate) async fn look_up(
        &mut self,
        tx: &mut Tx,
        county_id: i64,
        hashes: &[Vec<u8>],
    ) -> Result<(), Error> {
        self.persons.clear();
        self.phones.clear();
        for (hash, person, household) in person::found(tx, county_id, SecretKind::Identity, hashes).await? {
            self.persons.entry(hash).or_insert((person, household));
        }
        let persons: Vec<i64> = self.persons.values().map(|(person, _)| *person).collect();
        self.phones.extend(person::hashes(tx, county_id, SecretKind::Phone, &persons).await?);
        Ok(())
    }

    /// The households of those who were looked up.
    pub(crate) fn households(&self) -> impl Iterator<Item = i64> {
        self.persons.values().filter_map(|(_, household)| *household)
    }

    /// The enterprise with this name, new ones included.
    pub(crate) fn enterprise(&mut self, ids: &mut Ids, name: &str) -> i64 {
        if let Some(id) = self.enterprises.get(name).copied() {
            self.name_again(gone::Noun::Enterprise, id);
            return id;
        }
        let id = ids.take();
        self.enterprises.insert(name.to_owned(), id);
        self.new.enterprises.push((id, name.to_owned()));
        id
    }

    /// The person with an identity number, if known.
    pub(crate) fn person(&self, db: &Db, identity: &str) -> Option<Found> {
        self.persons.get(&db.key().hash(identity)).copied()
    }

    /// The person whose identity number has this keyed hash, if known.
    pub(crate) fn person_by_hash(&self, hash: &[u8]) -> Option<Found> {
        self.persons.get(hash).copied()
    }

    /// Adds a person to a household.
    pub(crate) fn add_person(
        &mut self,
        db: &Db,
        ids: &mut Ids,
        household_id: i64,
        name: &str,
        identity: &str,
        is_head: bool,
    ) -> i64 {
        let person_id = ids.take();
        let person = Person { person_id, household_id: Some(household_id), name: name.to_owned(), is_head };
        self.new.persons.insert(person_id, person);
        self.new.secrets.insert((person_id, SecretKind::Identity), identity.to_owned());
        self.persons.insert(db.key().hash(identity), (person_id, Some(household_id)));
        person_id
    }

    /// Writes a household, new or changed.
    pub(crate) fn put_household(&mut self, household: Household) {
        self.new.households.insert(household.household_id, household);
    }

    /// Writes a person, new or changed.
    pub(crate) fn put_person(&mut self, person: Person) {
        self.new.persons.insert(person.person_id, person);
    }

    /// Seals a phone number; true if the person had none or another.
    pub(crate) fn put_phone(&mut self, db: &Db, person_id: i64, phone: &str) -> bool {
        let hash = db.key().hash(phone);
        if self.phones.get(&person_id) == Some(&hash) {
            return false;
        }
        self.phones.insert(person_id, hash);
        self.new.secrets.insert((person_id, SecretKind::Phone), phone.to_owned());
        true
    }

    /// True if a phone number of the person is known.
    pub(crate) fn has_phone(&self, person_id: i64) -> bool {
        self.phones.contains_key(&person_id)
    }

    /// The name of an enterprise.
    pub(crate) fn enterprise_name(&self, enterprise_id: i64) -> String {
        let found = self.enterprises.iter().find(|(_, id)| **id == enterprise_id);
        found.map(|(name, _)| name.clone()).unwrap_or_default()
    }

    /// Brings something back that was gone, since a file names it again.
    fn name_again(&mut self, noun: gone::Noun, id: i64) {
        if self.gone.remove(&(noun.key(), id)) {
            self.new.back.push((noun, id));
        }
    }

    /// Keeps what is about to be overwritten, as it is, for when the import is taken back.
    async fn keep(&self, tx: &mut Tx, writing: Writing<'_>) -> Result<(), Error> {
        let New { officers, persons, households, secrets, back, .. } = &self.new;
        let secrets: Rows = secrets.keys().map(|(person, kind)| (*person, kind.key().to_owned())).collect();
        let with_secrets: BTreeSet<i64> = secrets.iter().map(|(person, _)| *person).collect();
        for (noun, ids, only) in [
            (stored::Noun::Household, households.keys().copied().collect::<Vec<i64>>(), None),
            (stored::Noun::Person, persons.keys().copied().collect(), None),
            (stored::Noun::Secret, with_secrets.into_iter().collect(), Some(&secrets)),
            (stored::Noun::Officer, officers.keys().copied().collect(), None),
            (stored::Noun::OfficerRole, officers.keys().copied().collect(), None),
        ] {
            stored::keep(tx, writing, noun, &ids, only).await?;
        }
        let with_roles =
            officers.values().flat_map(|one| one.roles.iter().map(|role| (one.officer_id, role)));
        let roles: Rows = with_roles.map(|(officer, role)| (officer, role.key().to_owned())).collect();
        stored::note_new(tx, writing, stored::Noun::Secret, secrets).await?;
        stored::note_new(tx, writing, stored::Noun::OfficerRole, roles).await?;
        for (noun, kept) in NAMED_AGAIN {
            let again = back.iter().filter(|(of, _)| *of == noun);
            let again: Rows = again.map(|(_, id)| (*id, String::new())).collect();
            stored::note_new(tx, writing, kept, again).await?;
        }
        Ok(())
    }

    /// Writes all that is new, and notes it in the order of changes.
    pub(crate) async fn save(
        &mut self,
        tx: &mut Tx,
        db: &Db,
        county: &County,
        stamp: Stamp,
        import_id: i64,
    ) -> Result<(), Error> {
        let id = county.county_id;
        self.keep(tx, writing(db, id, import_id, stamp)).await?;
        let New { lenders, branches, enterprises, officers, persons, households, secrets, back } =
            std::mem::take(&mut self.new);
        for (noun, row) in back {
            gone::bring_back(tx, id, noun, &[row]).await?;
            audit::note_changes(tx, id, stamp, noun.key(), &[row]).await?;
        }
        for lender in &lenders {
            bank::add_lender(tx, id, lender).await?;
        }
        for branch in &branches {
            bank::add_branch(tx, id, branch).await?;
        }
        let touched: [(&'static str, Vec<i64>); 4] = [
            ("lender", lenders.iter().map(|lender| lender.lender_id).collect()),
            ("branch", branches.iter().map(|branch| branch.branch_id).collect()),
            ("enterprise", enterprises.iter().map(|(enterprise, _)| *enterprise).collect()),
            ("officer", officers.keys().copied().collect()),
        ];
        let homes = persons.values().filter_map(|person| person.household_id);
        let homes: Vec<i64> = households.keys().copied().chain(homes).collect();
        let changed: BTreeSet<_> = persons.keys().chain(secrets.keys().map(|(id, _)| id)).copied().collect();
        enterprise::add(tx, id, &enterprises).await?;
        household::put(tx, id, &households.into_values().collect::<Vec<_>>()).await?;
        person::put(tx, id, &persons.into_values().collect::<Vec<_>>()).await?;
        let secrets: Vec<_> =
            secrets.into_iter().map(|((person, kind), text)| (person, kind, text)).collect();
        person::put_secrets(tx, db.key(), id, &secrets).await?;
        officer::put(tx, id, &officers.into_values().collect::<Vec<_>>()).await?;
        for (noun, ids) in touched {
            audit::note_changes(tx, id, stamp, noun, &ids).await?;
        }
        note_persons(tx, id, stamp, &Vec::from_iter(changed), homes).await
    }
}
