//! What the packs of the shown loans say in common: their programme, and the days to maturity of each colour.

use bangfu_domain::policy::{Pack, Status};
use bangfu_domain::warning::{Standing, Thresholds};

use crate::texts::Lang;

/// The packs' thresholds as ranges of days; none where the shown loans have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DaysRanges(pub(crate) Option<Thresholds>);

impl DaysRanges {
    /// First and last day to maturity of a colour.
    pub(crate) fn of(&self, standing: Standing) -> Option<(i32, i32)> {
        let Thresholds { red_to_days, yellow_to_days, blue_to_days, green_to_days } = self.0?;
        match standing {
            Standing::Red => Some((0, red_to_days)),
            Standing::Yellow => Some((red_to_days + 1, yellow_to_days)),
            Standing::Blue => Some((yellow_to_days + 1, blue_to_days)),
            Standing::Green => Some((blue_to_days + 1, green_to_days)),
            _ => None,
        }
    }
}

/// The packs that watch over the loans of a board, and the one of its day: contracts signed then stand under it.
#[derive(Debug, Clone)]
pub(crate) struct Watching<'a> {
    /// Those of the loans; none where no loan is shown.
    pub(crate) packs: Vec<&'a Pack>,
    /// That of the day.
    pub(crate) of_day: &'a Pack,
}

impl Watching<'_> {
    /// The programme's name, if all the shown loans share it; without loans no programme is named.
    pub(super) fn programme(&self, lang: Lang) -> String {
        match self.packs.split_first() {
            Some((first, rest)) if rest.iter().all(|pack| pack.programme == first.programme) => {
                lang.of(&first.programme).to_owned()
            }
            _ => lang.text("programme-any"),
        }
    }

    /// The days of the colours, if they are the same for all shown loans; without loans, those of the day's pack.
    pub(in crate::web) fn ranges(&self) -> DaysRanges {
        let mut thresholds = self.all().map(|pack| pack.warning.thresholds);
        let first = thresholds.next();
        DaysRanges(first.filter(|first| thresholds.all(|other| other == *first)))
    }

    /// Where the days of the colours come from, unless they were read in their source.
    pub(super) fn unconfirmed(&self, lang: Lang) -> Option<String> {
        let mut sources: Vec<&str> = Vec::new();
        for pack in self.all().filter(|pack| pack.warning.status != Status::Known) {
            let source = lang.of(&pack.warning.source);
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
        (!sources.is_empty()).then(|| sources.join(&lang.text("comma")))
    }

    fn all(&self) -> impl Iterator<Item = &Pack> {
        let alone = self.packs.is_empty().then_some(self.of_day);
        self.packs.iter().copied().chain(alone)
    }
}

#[cfg(test)]
mod tests {
    use bangfu_domain::policy::{EMBEDDED, Packs};

    use super::*;

    #[test]
    fn only_what_all_the_shown_loans_share_is_said_of_all() {
        let own = EMBEDDED.map(|(file, text)| match file {
            "policy/national-2026.toml" => (file, format!("{text}{OTHER_DAYS}")),
            _ => (file, text.to_owned()),
        });
        let own = own.map(|(file, text)| (file.to_owned(), text));
        let packs = Packs::parse(&own).unwrap();
        let pack = |id: &str| packs.by_id(id).unwrap();
        let watching = |ids: &[&str]| Watching {
            packs: ids.iter().map(|id| pack(id)).collect(),
            of_day: pack("national-2026"),
        };
        let red = |ids: &[&str]| watching(ids).ranges().of(Standing::Red);
        let named = |ids: &[&str]| watching(ids).programme(Lang::Zh);
        assert_eq!(named(&["national-2015", "yizhang-2019"]), "扶贫小额信贷");
        assert_eq!(red(&["national-2015", "yizhang-2019"]), Some((0, 7)));
        assert_eq!(named(&["national-2015", "national-2021"]), "小额信贷");
        assert_eq!(red(&["national-2015", "national-2021"]), Some((0, 7)));
        assert_eq!(red(&["national-2015", "national-2026"]), None);
        assert_eq!((named(&[]), red(&[])), ("小额信贷".to_owned(), Some((0, 10))));
        let sources = |ids: &[&str]| watching(ids).unconfirmed(Lang::Zh).unwrap();
        assert_eq!(sources(&["national-2015", "national-2021"]), "没有文件规定天数，由县里确定");
        assert!(sources(&["national-2015", "yizhang-2019"]).contains("报纸"));
    }

    const OTHER_DAYS: &str = "\n[warning]\nred_to_days = 10\nyellow_to_days = 30\nblue_to_days = 60\n\
        green_to_days = 90\ndue_on_rest_day_moves = false\nstatus = \"to_confirm\"\n\
        source = { zh = \"县\", en = \"own\" }\n";
}
