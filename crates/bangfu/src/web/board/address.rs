//! The board's own address: day, cut and order.

use bangfu_domain::warning::Standing;
use bangfu_store::board::Axis;
use form_urlencoded::Serializer;
use jiff::civil::Date;
use serde::Deserialize;

use crate::web::address::{UnknownWord, code, day, path_with, read};

/// What a row of the board stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum By {
    /// 乡镇
    #[default]
    Township,
    /// 村
    Village,
    /// 支行
    Branch,
    /// 信贷管户员
    Officer,
}

impl By {
    /// Every cut.
    pub(crate) const ALL: [By; 4] = [By::Township, By::Village, By::Branch, By::Officer];

    /// The word in addresses.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            By::Township => "township",
            By::Village => "village",
            By::Branch => "branch",
            By::Officer => "officer",
        }
    }

    /// By what the store counts for it.
    pub(crate) const fn axis(self) -> Axis {
        match self {
            By::Township => Axis::Township,
            By::Village => Axis::Village,
            By::Branch => Axis::Branch,
            By::Officer => Axis::Manager,
        }
    }

    /// The key of its text.
    pub(crate) const fn text_key(self) -> &'static str {
        match self {
            By::Township => "by-township",
            By::Village => "by-village",
            By::Branch => "by-branch",
            By::Officer => "by-officer",
        }
    }

    /// The key of the heading above its rows' names.
    pub(crate) const fn heading_key(self) -> &'static str {
        match self {
            By::Township => "township",
            By::Village => "village",
            By::Branch => "branch",
            By::Officer => "role-credit-manager",
        }
    }

    /// The cut with that word.
    pub(crate) fn from_key(key: &str) -> Option<By> {
        Self::ALL.into_iter().find(|by| by.key() == key)
    }
}

/// The order of the board's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum BoardSort {
    /// The most urgent first: overdue, then red, then yellow.
    #[default]
    Urgency,
    /// Most of one standing first.
    Standing(Standing),
    /// By name.
    Name,
    /// The largest balance first.
    Balance,
}

impl BoardSort {
    /// The word in addresses.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            BoardSort::Urgency => "urgency",
            BoardSort::Standing(standing) => standing.key(),
            BoardSort::Name => "name",
            BoardSort::Balance => "balance",
        }
    }

    /// The order with that word.
    pub(crate) fn from_key(key: &str) -> Option<BoardSort> {
        match key {
            "urgency" => Some(BoardSort::Urgency),
            "name" => Some(BoardSort::Name),
            "balance" => Some(BoardSort::Balance),
            key => Standing::from_key(key).map(BoardSort::Standing),
        }
    }
}

/// Day, cut, order and narrowing of a board.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct BoardAddress {
    /// The day; none for today.
    pub(crate) day: Option<Date>,
    /// What a row stands for.
    pub(crate) by: By,
    /// The order of the rows.
    pub(crate) sort: BoardSort,
    /// The other way round than the order usually runs.
    pub(crate) reversed: bool,
    /// Only the rows of this township.
    pub(crate) township: Option<String>,
    /// Rows without anything to watch too.
    pub(crate) all: bool,
}

/// The words of an address as they came in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RawAddress {
    day: String,
    by: String,
    sort: String,
    township: String,
    all: String,
}

/// Before the word of an order that runs the other way round.
const REVERSED: &str = "-";

impl TryFrom<&RawAddress> for BoardAddress {
    type Error = UnknownWord;

    fn try_from(raw: &RawAddress) -> Result<BoardAddress, UnknownWord> {
        let (reversed, sort) = match raw.sort.strip_prefix(REVERSED) {
            Some(sort) => (true, sort),
            None => (false, raw.sort.as_str()),
        };
        Ok(BoardAddress {
            day: read("day", &raw.day, day)?,
            by: read("by", &raw.by, By::from_key)?.unwrap_or_default(),
            sort: read("sort", sort, BoardSort::from_key)?.unwrap_or_default(),
            reversed,
            township: read("township", &raw.township, code)?,
            all: !raw.all.is_empty(),
        })
    }
}

impl BoardAddress {
    /// The same board of another day.
    pub(crate) fn on(&self, day: &Date) -> BoardAddress {
        BoardAddress { day: Some(*day), ..self.clone() }
    }

    /// The same board, of whatever day it is when it is opened.
    pub(crate) fn of_today(&self) -> BoardAddress {
        BoardAddress { day: None, ..self.clone() }
    }

    /// The same board, cut another way; by township it is the whole county's again.
    pub(crate) fn cut(&self, by: By) -> BoardAddress {
        let township = self.township.clone().filter(|_| by != By::Township);
        BoardAddress { by, township, all: false, ..self.clone() }
    }

    /// The board of a township's villages.
    pub(crate) fn closer(&self, township: String) -> BoardAddress {
        BoardAddress { by: By::Village, township: Some(township), all: false, ..self.clone() }
    }

    /// The same board in another order, or in this one the other way round.
    pub(crate) fn sorted(&self, sort: BoardSort) -> BoardAddress {
        BoardAddress { sort, reversed: self.is_sorted_by(sort) && !self.reversed, ..self.clone() }
    }

    /// Whether that order is in force. Urgency begins with what is overdue.
    pub(crate) fn is_sorted_by(&self, sort: BoardSort) -> bool {
        self.sort == sort || self.sort == BoardSort::Urgency && sort == BoardSort::Standing(Standing::Overdue)
    }

    /// The direction in which a heading's column runs, as tables say it; none where another one orders the rows.
    pub(crate) fn direction(&self, sort: BoardSort) -> Option<&'static str> {
        let grows = (sort == BoardSort::Name) != self.reversed;
        self.is_sorted_by(sort).then_some(if grows { "ascending" } else { "descending" })
    }

    /// The address.
    pub(crate) fn path(&self) -> String {
        self.path_of("/board")
    }

    /// The address of its export in a format: `xlsx` or `csv`.
    pub(crate) fn export_path(&self, format: &str) -> String {
        self.path_of(&format!("/board.{format}"))
    }

    /// The words of the address but its day, for the forms that lead to another one.
    pub(crate) fn kept(&self) -> Vec<(&'static str, String)> {
        let mut words = Vec::new();
        if self.by != By::Township {
            words.push(("by", self.by.key().to_owned()));
        }
        if self.sort != BoardSort::Urgency || self.reversed {
            let sign = if self.reversed { REVERSED } else { "" };
            words.push(("sort", format!("{sign}{}", self.sort.key())));
        }
        if let Some(township) = &self.township {
            words.push(("township", township.clone()));
        }
        if self.all {
            words.push(("all", "1".to_owned()));
        }
        words
    }

    fn path_of(&self, path: &str) -> String {
        let mut words = Serializer::new(String::new());
        if let Some(day) = self.day {
            words.append_pair("day", &day.to_string());
        }
        words.extend_pairs(self.kept());
        path_with(path, words)
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::Query;
    use axum::http::Uri;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_address_reads_back_as_the_board_it_was_made_from() {
        let address = BoardAddress {
            day: Some(date(2019, 6, 17)),
            by: By::Officer,
            sort: BoardSort::Standing(Standing::Red),
            reversed: true,
            township: Some("431022101000".to_owned()),
            all: true,
        };
        let uri: Uri = address.path().parse().unwrap();
        let Query(raw) = Query::<RawAddress>::try_from_uri(&uri).unwrap();
        assert_eq!(BoardAddress::try_from(&raw).unwrap(), address);
    }

    #[test]
    fn a_heading_turns_the_order_that_is_in_force_round() {
        let board = BoardAddress::default();
        let overdue = BoardSort::Standing(Standing::Overdue);
        assert_eq!(board.direction(overdue), Some("descending"));
        let turned = board.sorted(overdue);
        assert_eq!(turned.direction(overdue), Some("ascending"));
        assert_eq!(turned.sorted(overdue).direction(overdue), Some("descending"));
        assert_eq!(turned.sorted(BoardSort::Name).direction(BoardSort::Name), Some("ascending"));
        assert_eq!(turned.direction(BoardSort::Balance), None);
    }

    #[test]
    fn another_cut_keeps_day_order_and_township() {
        let villages = BoardAddress { day: Some(date(2019, 6, 1)), ..BoardAddress::default() }
            .sorted(BoardSort::Balance)
            .closer("431022101000".to_owned());
        assert_eq!(
            villages.cut(By::Branch).path(),
            "/board?day=2019-06-01&by=branch&sort=balance&township=431022101000"
        );
        assert_eq!(villages.cut(By::Township).path(), "/board?day=2019-06-01&sort=balance");
    }
}
