//! Persons and their secrets: identity number, phone, account, encrypted here and nowhere else.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use bangfu_domain::text::pinyin_key;
use jiff::civil::Date;

use crate::bulk::{CHUNK, Column, Table, in_list, list_of, places};
use crate::error::Error;
use crate::key::{Key, OwnKey};
use crate::scope::Scope;
use crate::tx::Tx;
use crate::value::{Row, Value};
use crate::values;

/// What a secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretKind {
    /// 身份证号.
    Identity,
    /// 联系电话.
    Phone,
}

impl SecretKind {
    /// The word in the database.
    pub const fn key(self) -> &'static str {
        match self {
            SecretKind::Identity => "identity",
            SecretKind::Phone => "phone",
        }
    }

    /// The kind of that word.
    pub fn from_key(key: &str) -> Option<SecretKind> {
        [SecretKind::Identity, SecretKind::Phone].into_iter().find(|kind| kind.key() == key)
    }
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub person_id: i64,
    /// The household to which they belong, if any.
    pub household_id: Option<i64>,
    /// Their name.
    pub name: String,
    /// 户主.
    pub is_head: bool,
}

const PERSON: Table = Table {
    name: "person",
    columns: &[
        ("county_id", Column::Int),
        ("person_id", Column::Int),
        ("household_id", Column::Int),
        ("name", Column::Text),
        ("name_key", Column::Text),
        ("is_head", Column::Int),
    ],
    conflict: "ON CONFLICT (county_id, person_id) DO UPDATE SET household_id = excluded.household_id,
               name = excluded.name, name_key = excluded.name_key, is_head = excluded.is_head",
};

const SECRET: Table = Table {
    name: "secret",
    columns: &[
        ("county_id", Column::Int),
        ("person_id", Column::Int),
        ("kind", Column::Text),
        ("ciphertext", Column::Bytes),
        ("hash", Column::Bytes),
        ("last_four_hash", Column::Bytes),
    ],
    conflict: "ON CONFLICT (county_id, person_id, kind) DO UPDATE SET ciphertext = excluded.ciphertext,
               hash = excluded.hash, last_four_hash = excluded.last_four_hash",
};

const PERSON_KEY: Table = Table {
    name: "person_key",
    columns: &[("county_id", Column::Int), ("person_id", Column::Int), ("ciphertext", Column::Bytes)],
    // Whoever was first made the one that seals.
    conflict: "ON CONFLICT (county_id, person_id) DO NOTHING",
};

/// Adds persons, or brings them up to date.
pub async fn put(tx: &mut Tx, county_id: i64, persons: &[Person]) -> Result<(), Error> {
    let rows = persons
        .iter()
        .flat_map(|person| {
            values![
                county_id,
                person.person_id,
                person.household_id,
                person.name.as_str(),
                pinyin_key(&person.name),
                person.is_head
            ]
        })
        .collect();
    tx.insert(PERSON, rows).await
}

/// The heads of households: (household, person, name).
pub async fn heads(tx: &mut Tx, county_id: i64) -> Result<Vec<(i64, i64, String)>, Error> {
    let sql = "SELECT household_id, person_id, name FROM person
               WHERE county_id = $1 AND is_head = 1 AND household_id IS NOT NULL
               ORDER BY household_id, person_id";
    let rows = tx.fetch_all(sql, &values![county_id]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.int(1)?, row.text(2)?))).collect()
}

/// Who belongs to a household, its head first, if a loan of its lies in the scope on a day, or it is the whole county
/// that is seen.
pub async fn of_household(
    tx: &mut Tx,
    scope: &Scope,
    household_id: i64,
    on: Date,
) -> Result<Vec<Person>, Error> {
    let (condition, mut bound) = scope.of_loans("household_id", "l.household_id", on, 4);
    bound.insert(2, household_id.into());
    let sql = format!(
        "SELECT person_id, household_id, name, is_head FROM person
         WHERE county_id = $1 AND household_id = $3 AND gone = 0{condition} ORDER BY is_head DESC, name_key, person_id"
    );
    tx.fetch_all(sql, &bound)
        .await?
        .iter()
        .map(|row| {
            Ok(Person {
                person_id: row.int(0)?,
                household_id: row.int_or_none(1)?,
                name: row.text(2)?,
                is_head: row.flag(3)?,
            })
        })
        .collect()
}

/// Seals secrets of persons, each person's with a key of their own, which is made where there is none.
pub async fn put_secrets(
    tx: &mut Tx,
    key: &Key,
    county_id: i64,
    secrets: &[(i64, SecretKind, String)],
) -> Result<(), Error> {
    let persons: BTreeSet<i64> = secrets.iter().map(|(person_id, ..)| *person_id).collect();
    let persons: Vec<i64> = persons.into_iter().collect();
    // In a book that is being filled nobody has one yet.
    let mut own = if tx.fresh { HashMap::new() } else { own_keys(tx, key, county_id, &persons).await? };
    let mut made: Vec<Value> = Vec::new();
    for person_id in persons {
        if let Entry::Vacant(place) = own.entry(person_id) {
            let (fresh, sealed) = OwnKey::make(key)?;
            place.insert(fresh);
            made.extend(values![county_id, person_id, sealed]);
        }
    }
    tx.insert(PERSON_KEY, made).await?;
    let mut rows: Vec<Value> = Vec::with_capacity(secrets.len() * SECRET.columns.len());
    for (person_id, kind, text) in secrets {
        let own = own.get(person_id).expect("invariant: each has a key of their own by now");
        let sealed = own.seal(text.as_bytes())?;
        rows.extend(values![county_id, *person_id, kind.key(), sealed, key.hash(text), last_four(key, text)]);
    }
    tx.insert(SECRET, rows).await
}

/// Persons' own keys, of those who have one.
async fn own_keys(
    tx: &mut Tx,
    key: &Key,
    county_id: i64,
    persons: &[i64],
) -> Result<HashMap<i64, OwnKey>, Error> {
    let mut own = HashMap::with_capacity(persons.len());
    for chunk in persons.chunks(CHUNK) {
        let (list, bound) = in_list(county_id, chunk);
        let sql = format!(
            "SELECT person_id, ciphertext FROM person_key WHERE county_id = $1 AND person_id IN ({list})"
        );
        for row in tx.fetch_all(sql, &bound).await? {
            own.insert(row.int(0)?, OwnKey::kept(key, &row.bytes(1)?)?);
        }
    }
    Ok(own)
}

/// Destroys a person's own key: what it sealed is closed for good, wherever a copy of it lies. The numbers, what imports
/// overwrote of them, and the hashes by which they are found go too. How many numbers there were.
pub async fn erase(tx: &mut Tx, county_id: i64, person_id: i64) -> Result<u64, Error> {
    let bound = values![county_id, person_id];
    for sql in [
        "DELETE FROM person_key WHERE county_id = $1 AND person_id = $2",
        "DELETE FROM import_before WHERE county_id = $1 AND noun = 'secret' AND row_id = $2",
        "UPDATE bank_movement SET identity_hash = NULL WHERE county_id = $1 AND loan_id IN
            (SELECT loan_id FROM loan_borrower WHERE county_id = $1 AND person_id = $2)",
    ] {
        tx.execute(sql, &bound).await?;
    }
    tx.execute("DELETE FROM secret WHERE county_id = $1 AND person_id = $2", &bound).await
}

/// The keyed hash of the last four characters.
pub fn last_four(key: &Key, text: &str) -> Vec<u8> {
    let start = text.char_indices().rev().nth(3).map_or(0, |(index, _)| index);
    key.hash(&text[start..])
}

/// Whose secrets of a kind have these keyed hashes: (hash, person, household), the first person of each hash first.
pub async fn found(
    tx: &mut Tx,
    county_id: i64,
    kind: SecretKind,
    hashes: &[Vec<u8>],
) -> Result<Vec<(Vec<u8>, i64, Option<i64>)>, Error> {
    let mut found = Vec::new();
    for chunk in hashes.chunks(CHUNK) {
        let (list, mut bound) = list_of(county_id, chunk.iter().map(|hash| Value::from(hash.clone())));
        bound.push(kind.key().into());
        let sql = format!(
            "SELECT s.hash, s.person_id, p.household_id FROM secret s
             JOIN person p ON p.county_id = s.county_id AND p.person_id = s.person_id
             WHERE s.county_id = $1 AND s.kind = ${} AND s.hash IN ({list}) AND p.gone = 0",
            bound.len()
        );
        for row in tx.fetch_all(sql, &bound).await? {
            found.push((row.bytes(0)?, row.int(1)?, row.int_or_none(2)?));
        }
    }
    found.sort_by_key(|(_, person, _)| *person);
    Ok(found)
}

/// The keyed hashes of some persons' secrets of a kind: (person, hash).
pub async fn hashes(
    tx: &mut Tx,
    county_id: i64,
    kind: SecretKind,
    persons: &[i64],
) -> Result<Vec<(i64, Vec<u8>)>, Error> {
    let mut hashes = Vec::with_capacity(persons.len());
    for chunk in persons.chunks(CHUNK) {
        let (list, mut bound) = in_list(county_id, chunk);
        bound.push(kind.key().into());
        let sql = format!(
            "SELECT person_id, hash FROM secret
             WHERE county_id = $1 AND kind = ${} AND person_id IN ({list})",
            bound.len()
        );
        for row in tx.fetch_all(sql, &bound).await? {
            hashes.push((row.int(0)?, row.bytes(1)?));
        }
    }
    Ok(hashes)
}

/// Whether the number of a kind of a person ends in four characters with this keyed hash.
pub async fn ends_in(
    tx: &mut Tx,
    county_id: i64,
    person_id: i64,
    kind: SecretKind,
    last_four_hash: &[u8],
) -> Result<bool, Error> {
    let sql = "SELECT last_four_hash FROM secret WHERE county_id = $1 AND person_id = $2 AND kind = $3";
    let row = tx.fetch_optional(sql, &values![county_id, person_id, kind.key()]).await?;
    Ok(row
        .map(|row| row.bytes_or_none(0))
        .transpose()?
        .flatten()
        .is_some_and(|known| known == last_four_hash))
}

/// A secret with the key that opens it. One whose key was destroyed is none.
const OPENED: &str = "SELECT s.person_id, s.ciphertext, k.ciphertext FROM secret s
    JOIN person_key k ON k.county_id = s.county_id AND k.person_id = s.person_id
    WHERE s.county_id = $1 AND s.kind = $2";

/// Every person's secret of a kind, opened: (person, text).
pub async fn all_secrets(
    tx: &mut Tx,
    key: &Key,
    county_id: i64,
    kind: SecretKind,
) -> Result<Vec<(i64, String)>, Error> {
    let rows = tx.fetch_all(OPENED, &values![county_id, kind.key()]).await?;
    rows.iter().map(|row| opened(key, row)).collect()
}

fn opened(key: &Key, row: &Row) -> Result<(i64, String), Error> {
    let plain = OwnKey::kept(key, &row.bytes(2)?)?.open(&row.bytes(1)?)?;
    let text =
        String::from_utf8(plain).map_err(|_| Error::Value { column: 1, found: "no text".to_owned() })?;
    Ok((row.int(0)?, text))
}

/// The secrets of some persons of a kind, opened: (person, text).
pub async fn secrets(
    tx: &mut Tx,
    key: &Key,
    county_id: i64,
    kind: SecretKind,
    persons: &[i64],
) -> Result<Vec<(i64, String)>, Error> {
    let mut secrets = Vec::with_capacity(persons.len());
    for chunk in persons.chunks(CHUNK) {
        let places = places(3, chunk.len());
        let mut bound = values![county_id, kind.key()].to_vec();
        bound.extend(chunk.iter().map(|person| Value::from(*person)));
        for row in tx.fetch_all(format!("{OPENED} AND s.person_id IN ({places})"), &bound).await? {
            secrets.push(opened(key, &row)?);
        }
    }
    Ok(secrets)
}

/// Opens a secret of a person. Callers mask what they show.
pub async fn secret(
    tx: &mut Tx,
    key: &Key,
    county_id: i64,
    person_id: i64,
    kind: SecretKind,
) -> Result<Option<String>, Error> {
    let found = secrets(tx, key, county_id, kind, &[person_id]).await?;
    Ok(found.into_iter().next().map(|(_, text)| text))
}
