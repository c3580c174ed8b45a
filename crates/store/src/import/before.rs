//! What rows were before an import overwrote them: kept sealed in the transaction that overwrites, put back when the
//! import is taken back.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use crate::bulk::{CHUNK, Column, Table, in_list};
use crate::error::Error;
use crate::key::Key;
use crate::tx::Tx;
use crate::value::{Row, Value};
use crate::values;

/// The import that overwrites, and the change in which it does.
#[derive(Debug, Clone, Copy)]
pub struct Writing<'a> {
    /// Seals what is kept.
    pub key: &'a Key,
    /// The county.
    pub county_id: i64,
    /// The import.
    pub import_id: i64,
    /// The number of the change.
    pub change_seq: i64,
    /// Ids from here on are of rows that the change makes.
    pub new_from: i64,
}

/// What imports overwrite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    /// 户.
    Household,
    /// A person.
    Person,
    /// An identity or phone number.
    Secret,
    /// 人员.
    Officer,
    /// What an officer does.
    OfficerRole,
    /// 结对.
    Tie,
    /// What an import noticed.
    Finding,
    /// Where bank and book disagree.
    Difference,
    /// A bank's movement, by the institution that it turned out to be of.
    Movement,
    /// An institution that was gone.
    Lender,
    /// A branch that was gone.
    Branch,
    /// An enterprise that was gone.
    Enterprise,
    /// The day of the newest position.
    Position,
}

/// A table with the columns that tell its rows apart, the id first, and the others that an import overwrites.
struct Shape {
    table: &'static str,
    key: &'static [(&'static str, Column)],
    rest: &'static [(&'static str, Column)],
}

use Column::{Bytes, Date, Int, Text};

impl Noun {
    /// The word in the database.
    pub const fn key(self) -> &'static str {
        match self {
            Noun::Household => "household",
            Noun::Person => "person",
            Noun::Secret => "secret",
            Noun::Officer => "officer",
            Noun::OfficerRole => "officer-role",
            Noun::Tie => "tie",
            Noun::Finding => "finding",
            Noun::Difference => "difference",
            Noun::Movement => "movement",
            Noun::Lender => "lender",
            Noun::Branch => "branch",
            Noun::Enterprise => "enterprise",
            Noun::Position => "position",
        }
    }

    /// How often a row was written is none of it: that only grows. `None` where no row is put back.
    const fn shape(self) -> Option<Shape> {
        let (table, key, rest): (_, &[_], &[_]) = match self {
            Noun::Household => (
                "household",
                &[("household_id", Int)],
                &[
                    ("village_id", Int),
                    ("head_name", Text),
                    ("name_key", Text),
                    ("size", Int),
                    ("class", Text),
                ],
            ),
            Noun::Person => (
                "person",
                &[("person_id", Int)],
                &[("household_id", Int), ("name", Text), ("name_key", Text), ("is_head", Int)],
            ),
            Noun::Secret => (
                "secret",
                &[("person_id", Int), ("kind", Text)],
                &[("ciphertext", Bytes), ("hash", Bytes), ("last_four_hash", Bytes)],
            ),
            Noun::Officer => (
                "officer",
                &[("officer_id", Int)],
                &[
                    ("person_id", Int),
                    ("division_id", Int),
                    ("name", Text),
                    ("name_key", Text),
                    ("confirmed", Int),
                    ("left_on", Date),
                ],
            ),
            Noun::OfficerRole => ("officer_role", &[("officer_id", Int), ("role", Text)], &[]),
            Noun::Tie => (
                "tie",
                &[("household_id", Int), ("role", Text), ("officer_id", Int), ("from_on", Date)],
                &[("to_on", Date), ("import_id", Int)],
            ),
            Noun::Finding => (
                "finding",
                &[("finding_id", Int)],
                &[("import_id", Int), ("loan_id", Int), ("code", Text), ("facts", Text)],
            ),
            Noun::Difference => (
                "difference",
                &[("difference_id", Int)],
                &[
                    ("kind", Text),
                    ("loan_id", Int),
                    ("branch_id", Int),
                    ("lender_id", Int),
                    ("facts", Text),
                    ("state", Text),
                    ("due_on", Date),
                    ("resolved_at", Int),
                    ("resolution", Text),
                    ("settled_by", Int),
                ],
            ),
            Noun::Movement => (
                "bank_movement",
                &[("lender_id", Int), ("serial", Text)],
                &[("loan_id", Int), ("event_seq", Int)],
            ),
            Noun::Lender | Noun::Branch | Noun::Enterprise | Noun::Position => return None,
        };
        Some(Shape { table, key, rest })
    }
}

impl Shape {
    fn columns(&self) -> impl Iterator<Item = &(&'static str, Column)> {
        self.key.iter().chain(self.rest)
    }

    fn names(&self) -> String {
        self.columns().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }

    /// What besides the id tells a row apart, as one text.
    fn row_key(&self, row: &Row) -> Result<String, Error> {
        let mut key = String::new();
        for (place, (_, column)) in self.key.iter().enumerate().skip(1) {
            if place > 1 {
                key.push(' ');
            }
            match column {
                Int => write!(key, "{}", row.int(place)?),
                Date => write!(key, "{}", row.date(place)?),
                Text | Bytes => write!(key, "{}", row.text(place)?),
            }
            .expect("invariant: writing to a text cannot fail");
        }
        Ok(key)
    }

    fn to_json(&self, row: &Row) -> Result<Json, Error> {
        let values = self.columns().enumerate().map(|(place, (_, column))| {
            Ok(match column {
                Int => json!(row.int_or_none(place)?),
                Text => json!(row.text_or_none(place)?),
                Date => json!(row.date_or_none(place)?),
                Bytes => json!(row.bytes_or_none(place)?),
            })
        });
        values.collect::<Result<Vec<Json>, Error>>().map(Json::from)
    }

    fn of_json(&self, text: &[u8]) -> Result<Vec<Value>, Error> {
        let damaged = |error: serde_json::Error| Error::Value { column: 0, found: error.to_string() };
        let kept: Vec<Json> = serde_json::from_slice(text).map_err(damaged)?;
        let values = self.columns().zip(kept).map(|((_, column), value)| {
            Ok(match column {
                Int => Value::Int(serde_json::from_value(value)?),
                Text => Value::Text(serde_json::from_value(value)?),
                Date => Value::Date(serde_json::from_value(value)?),
                Bytes => Value::Bytes(serde_json::from_value(value)?),
            })
        });
        values.collect::<Result<_, serde_json::Error>>().map_err(damaged)
    }

    /// `a = $2 AND b = $3` for columns bound from a place on.
    fn equal(columns: &[(&'static str, Column)], from: usize, between: &str) -> String {
        let equal = columns.iter().zip(from..).map(|((name, _), place)| format!("{name} = ${place}"));
        equal.collect::<Vec<_>>().join(between)
    }
}

const TABLE: Table = Table {
    name: "import_before",
    columns: &[
        ("county_id", Int),
        ("import_id", Int),
        ("noun", Text),
        ("row_id", Int),
        ("row_key", Text),
        ("change_seq", Int),
        ("ciphertext", Bytes),
    ],
    // What an import overwrites twice, it overwrote first when it was as it was before.
    conflict: "ON CONFLICT (county_id, import_id, noun, row_id, row_key) DO NOTHING",
};

/// A row with what it was; nothing where there was none.
type Kept = (i64, String, Option<Vec<u8>>);

async fn add(tx: &mut Tx, writing: Writing<'_>, noun: Noun, kept: Vec<Kept>) -> Result<(), Error> {
    let rows = kept.into_iter().flat_map(|(id, key, sealed)| {
        let Writing { county_id, import_id, change_seq, .. } = writing;
        values![county_id, import_id, noun.key(), id, key, change_seq, sealed]
    });
    tx.insert(TABLE, rows.collect()).await
}

/// Rows by id and by what else tells them apart.
pub type Rows = BTreeSet<(i64, String)>;

/// Keeps the rows with these ids that were there before this change, or, of them, only some.
pub async fn keep(
    tx: &mut Tx,
    writing: Writing<'_>,
    noun: Noun,
    ids: &[i64],
    only: Option<&Rows>,
) -> Result<(), Error> {
    let Some(shape) = noun.shape() else { return Ok(()) };
    let old: Vec<i64> = ids.iter().copied().filter(|id| *id < writing.new_from).collect();
    let mut kept = Vec::new();
    for chunk in old.chunks(CHUNK) {
        let (list, bound) = in_list(writing.county_id, chunk);
        let (names, table, id) = (shape.names(), shape.table, shape.key[0].0);
        let sql = format!("SELECT {names} FROM {table} WHERE county_id = $1 AND {id} IN ({list})");
        for row in tx.fetch_all(sql, &bound).await? {
            let this = (row.int(0)?, shape.row_key(&row)?);
            if only.is_none_or(|only| only.contains(&this)) {
                let sealed = writing.key.seal(shape.to_json(&row)?.to_string().as_bytes())?;
                kept.push((this.0, this.1, Some(sealed)));
            }
        }
    }
    add(tx, writing, noun, kept).await
}

/// Keeps a movement that turns out to be of an institution.
pub async fn keep_movement(
    tx: &mut Tx,
    writing: Writing<'_>,
    (lender_id, serial): (i64, &str),
    becomes_of: i64,
) -> Result<(), Error> {
    let Some(shape) = Noun::Movement.shape() else { return Ok(()) };
    let names = shape.names();
    let sql =
        format!("SELECT {names} FROM bank_movement WHERE county_id = $1 AND lender_id = $2 AND serial = $3");
    let Some(row) = tx.fetch_optional(sql, &values![writing.county_id, lender_id, serial]).await? else {
        return Ok(());
    };
    let sealed = writing.key.seal(shape.to_json(&row)?.to_string().as_bytes())?;
    add(tx, writing, Noun::Movement, vec![(becomes_of, serial.to_owned(), Some(sealed))]).await
}

/// Notes rows that this change makes and that are not known by an id of its own; those that [`keep`] has kept stay
/// kept.
pub async fn note_new(tx: &mut Tx, writing: Writing<'_>, noun: Noun, rows: Rows) -> Result<(), Error> {
    let rows = rows.into_iter().filter(|(id, _)| *id < writing.new_from).map(|(id, key)| (id, key, None));
    add(tx, writing, noun, rows.collect()).await
}

/// The ids under which something of a noun is kept for an import, in order.
pub async fn kept(tx: &mut Tx, county_id: i64, import_id: i64, noun: Noun) -> Result<Vec<i64>, Error> {
    let sql = "SELECT DISTINCT row_id FROM import_before
               WHERE county_id = $1 AND import_id = $2 AND noun = $3 ORDER BY row_id";
    let rows = tx.fetch_all(sql, &values![county_id, import_id, noun.key()]).await?;
    rows.iter().map(|row| row.int(0)).collect()
}

/// Puts the rows of some ids back as they were before an import; those that were not there go.
pub async fn put_back(
    tx: &mut Tx,
    key: &Key,
    county_id: i64,
    import_id: i64,
    noun: Noun,
    ids: &[i64],
) -> Result<(), Error> {
    let Some(shape) = noun.shape() else { return Ok(()) };
    for chunk in ids.chunks(CHUNK) {
        let (list, mut bound) = in_list(county_id, chunk);
        bound.extend(values![import_id, noun.key()]);
        let (import, named) = (bound.len() - 1, bound.len());
        let sql = format!(
            "SELECT row_id, row_key, ciphertext FROM import_before
             WHERE county_id = $1 AND row_id IN ({list}) AND import_id = ${import} AND noun = ${named}"
        );
        for row in tx.fetch_all(sql, &bound).await? {
            match row.bytes_or_none(2)? {
                Some(sealed) => {
                    let mut values = shape.of_json(&key.open(&sealed)?)?;
                    values.insert(0, county_id.into());
                    if noun == Noun::Movement {
                        was_movement(tx, (row.int(0)?, &row.text(1)?), values).await?;
                    } else {
                        was(tx, &shape, &values).await?;
                    }
                }
                None => was_not(tx, &shape, values![county_id, row.int(0)?, row.text(1)?].to_vec()).await?,
            }
        }
    }
    Ok(())
}

/// A row is again as it was: the county, its key and what else is kept.
async fn was(tx: &mut Tx, shape: &Shape, values: &[Value]) -> Result<(), Error> {
    let table = shape.table;
    let theirs = format!("county_id = $1 AND {}", Shape::equal(shape.key, 2, " AND "));
    let mut there = false;
    if !shape.rest.is_empty() {
        let rest = Shape::equal(shape.rest, shape.key.len() + 2, ", ");
        let sql = format!("UPDATE {table} SET {rest} WHERE {theirs}");
        there = tx.execute(sql, values).await? > 0;
    }
    if !there {
        let places: Vec<String> = (1..=values.len()).map(|place| format!("${place}")).collect();
        let (names, places) = (shape.names(), places.join(", "));
        let sql =
            format!("INSERT INTO {table} (county_id, {names}) VALUES ({places}) ON CONFLICT DO NOTHING");
        tx.execute(sql, values).await?;
    }
    Ok(())
}

/// A movement is again of the institution of which it was, and no event.
async fn was_movement(
    tx: &mut Tx,
    (lender_id, serial): (i64, &str),
    mut values: Vec<Value>,
) -> Result<(), Error> {
    let sql = "UPDATE bank_movement SET lender_id = $2, serial = $3, loan_id = $4, event_seq = $5
               WHERE county_id = $1 AND lender_id = $6 AND serial = $7";
    values.extend(values![lender_id, serial]);
    tx.execute(sql, &values).await?;
    Ok(())
}

/// A row that an import made is not there: only secrets and what officers do have no ids of their own.
async fn was_not(tx: &mut Tx, shape: &Shape, values: Vec<Value>) -> Result<(), Error> {
    let theirs = Shape::equal(shape.key, 2, " AND ");
    tx.execute(format!("DELETE FROM {} WHERE county_id = $1 AND {theirs}", shape.table), &values).await?;
    Ok(())
}
