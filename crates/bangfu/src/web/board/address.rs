//! The board's own address: day, cut and order.

use bangfu_domain::warning::Standing;
use bangfu_store::board::Axis;
use form_urlencoded::Serializer;
use jiff::civil::Date;
use serde::Deserialize;

use crate::web::loan::filter::{UnknownWord, code, read};

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
    /// Set after the next day was closed before the visitor's eyes.
    pub(crate) fresh: String,
}

impl TryFrom<&RawAddress> for BoardAddress {
    type Error = UnknownWord;

    fn try_from(raw: &RawAddress) -> Result<BoardAddress, UnknownWord> {
        Ok(BoardAddress {
            day: read("day", &raw.day, |text| text.parse().ok())?,
            by: read("by", &raw.by, By::from_key)?.unwrap_or_default(),
            sort: read("sort", &raw.sort, BoardSort::from_key)?.unwrap_or_default(),
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

    /// The same board, cut another way.
    pub(crate) fn cut(&self, by: By) -> BoardAddress {
        BoardAddress { day: self.day, by, ..BoardAddress::default() }
    }

    /// The same board in another order.
    pub(crate) fn sorted(&self, sort: BoardSort) -> BoardAddress {
        BoardAddress { sort, ..self.clone() }
    }

    /// The address.
    pub(crate) fn path(&self) -> String {
        self.path_of("/")
    }

    /// The address of its export in a format: `xlsx` or `csv`.
    pub(crate) fn export_path(&self, format: &str) -> String {
        self.path_of(&format!("/board.{format}"))
    }

    fn path_of(&self, path: &str) -> String {
        let mut words = Serializer::new(String::new());
        if let Some(day) = self.day {
            words.append_pair("day", &day.to_string());
        }
        if self.by != By::Township {
            words.append_pair("by", self.by.key());
        }
        if self.sort != BoardSort::Urgency {
            words.append_pair("sort", self.sort.key());
        }
        if let Some(township) = &self.township {
            words.append_pair("township", township);
        }
        if self.all {
            words.append_pair("all", "1");
        }
        match words.finish() {
            words if words.is_empty() => path.to_owned(),
            words => format!("{path}?{words}"),
        }
    }
}
