//! Persons and their secrets: identity number, phone, account, encrypted here and nowhere else.

use bangfu_domain::text::pinyin_key;
use jiff::civil::Date;

use crate::bulk::{CHUNK, Column, Table, in_list, list_of};
use crate::error::Error;
use crate::key::Key;
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
        ("key_id", Column::Text),
        ("hash", Column::Bytes),
        ("last_four_hash", Column::Bytes),
    ],
    conflict: "ON CONFLICT (county_id, person_id, kind) DO UPDATE SET ciphertext = excluded.ciphertext,
               key_id = excluded.key_id, hash = excluded.hash, last_four_hash = excluded.last_four_hash",
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

/// Seals secrets of persons.
pub async fn put_secrets(
    tx: &mut Tx,
    key: &Key,
    county_id: i64,
    secrets: &[(i64, SecretKind, String)],
) -> Result<(), Error> {
    let mut rows: Vec<Value> = Vec::with_capacity(secrets.len() * 7);
    for (person_id, kind, text) in secrets {
        rows.extend(values![
            county_id,
            *person_id,
            kind.key(),
            key.seal(text.as_bytes())?,
            key.id(),
            key.hash(text),
            last_four(key, text)
        ]);
    }
    tx.insert(SECRET, rows).await
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
    let rows = of_persons(tx, county_id, kind, persons, "hash").await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.bytes(1)?))).collect()
}

/// A column of some persons' secrets of a kind, each with its person.
async fn of_persons(
    tx: &mut Tx,
    county_id: i64,
    kind: SecretKind,
    persons: &[i64],
    column: &str,
) -> Result<Vec<Row>, Error> {
    let mut rows = Vec::with_capacity(persons.len());
    for chunk in persons.chunks(CHUNK) {
        let (list, mut bound) = in_list(county_id, chunk);
        bound.push(kind.key().into());
        let sql = format!(
            "SELECT person_id, {column} FROM secret
             WHERE county_id = $1 AND kind = ${} AND person_id IN ({list})",
            bound.len()
        );
        rows.extend(tx.fetch_all(sql, &bound).await?);
    }
    Ok(rows)
}

/// Persons with their households by the keyed hash of a secret: (hash, person id, household id).
pub async fn by_secret(
    tx: &mut Tx,
    county_id: i64,
    kind: SecretKind,
) -> Result<Vec<(Vec<u8>, i64, Option<i64>)>, Error> {
    let sql = "SELECT s.hash, s.person_id, p.household_id FROM secret s
               JOIN person p ON p.county_id = s.county_id AND p.person_id = s.person_id
               WHERE s.county_id = $1 AND s.kind = $2 AND p.gone = 0 ORDER BY s.person_id";
    let rows = tx.fetch_all(sql, &values![county_id, kind.key()]).await?;
    rows.iter().map(|row| Ok((row.bytes(0)?, row.int(1)?, row.int_or_none(2)?))).collect()
}

/// Every person's secret of a kind, opened: (person, text).
pub async fn all_secrets(
    tx: &mut Tx,
    key: &Key,
    county_id: i64,
    kind: SecretKind,
) -> Result<Vec<(i64, String)>, Error> {
    let sql = "SELECT person_id, ciphertext FROM secret WHERE county_id = $1 AND kind = $2";
    let rows = tx.fetch_all(sql, &values![county_id, kind.key()]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, plain(key, &row.bytes(1)?)?))).collect()
}

/// The secrets of some persons of a kind, opened: (person, text).
pub async fn secrets(
    tx: &mut Tx,
    key: &Key,
    county_id: i64,
    kind: SecretKind,
    persons: &[i64],
) -> Result<Vec<(i64, String)>, Error> {
    let rows = of_persons(tx, county_id, kind, persons, "ciphertext").await?;
    rows.iter().map(|row| Ok((row.int(0)?, plain(key, &row.bytes(1)?)?))).collect()
}

fn plain(key: &Key, sealed: &[u8]) -> Result<String, Error> {
    String::from_utf8(key.open(sealed)?).map_err(|_| Error::Value { column: 0, found: "no text".to_owned() })
}

/// Opens a secret of a person. Callers mask what they show.
pub async fn secret(
    tx: &mut Tx,
    key: &Key,
    county_id: i64,
    person_id: i64,
    kind: SecretKind,
) -> Result<Option<String>, Error> {
    let sql = "SELECT ciphertext FROM secret WHERE county_id = $1 AND person_id = $2 AND kind = $3";
    let Some(row) = tx.fetch_optional(sql, &values![county_id, person_id, kind.key()]).await? else {
        return Ok(None);
    };
    plain(key, &row.bytes(0)?).map(Some)
}
