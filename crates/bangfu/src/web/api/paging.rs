//! Lists in pages: each says where the next begins, and nobody counts from the start.

use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use super::problem::Problem;

/// How many are told at once, if the program does not say, and at most.
pub(super) const USUAL: u32 = 50;
pub(super) const MOST: u32 = 200;

/// Which page of a list that is asked for nothing else.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Paged {
    /// Where to go on: `next` of the page before.
    pub(super) cursor: Option<String>,
    /// How many at once.
    #[param(minimum = 1, maximum = 200)]
    pub(super) limit: Option<u32>,
}

/// How many are asked for.
pub(super) fn limit(asked: Option<u32>) -> Result<usize, Problem> {
    let limit = asked.unwrap_or(USUAL);
    if (1..=MOST).contains(&limit) {
        Ok(usize::try_from(limit).unwrap_or(1))
    } else {
        Err(Problem::Query(format!("limit = {limit} (1–{MOST})")))
    }
}

/// Where a list goes on that is ordered by a number.
pub(super) fn after(cursor: Option<&str>) -> Result<Option<i64>, Problem> {
    cursor.map(|text| text.parse().map_err(|_| Problem::Cursor)).transpose()
}

/// A page of what was read one beyond the limit, and the cursor of the next.
pub(super) fn cut<T>(
    mut rows: Vec<T>,
    limit: usize,
    key: impl FnOnce(&T) -> String,
) -> (Vec<T>, Option<String>) {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(key);
    (rows, next)
}

/// An instant as it is told.
pub(super) fn instant(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_where_the_next_begins_and_the_last_says_nothing() {
        let cut = |rows: &[i64]| cut(rows.to_vec(), 2, ToString::to_string);
        assert_eq!(cut(&[7, 8, 9]), (vec![7, 8], Some("8".to_owned())));
        assert_eq!(cut(&[7, 8]), (vec![7, 8], None));
        assert_eq!(cut(&[]), (vec![], None));
        assert!(limit(Some(0)).is_err() && limit(Some(MOST + 1)).is_err());
        assert_eq!(limit(None).unwrap(), 50);
    }
}
