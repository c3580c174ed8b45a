//! The reward of one loan, on its page.

use bangfu_domain::money::Fen;
use bangfu_domain::reward::{ListState, WhyNot};
use bangfu_store::Tx;
use bangfu_usecase::Ctx;
use bangfu_usecase::access::Right;
use bangfu_usecase::reward;

use super::path;
use super::view::{kind_key, state_of, why_text};
use crate::texts::Lang;
use crate::web::failure::Failure;
use crate::web::frame::Face;

/// What a loan's page says of its reward.
#[derive(Debug, Clone)]
pub(crate) struct RewardView {
    /// What stands on lists.
    pub(crate) entries: Vec<OnList>,
    /// What it may still earn, or why it does not.
    pub(crate) chances: Vec<Chance>,
}

/// An entry.
#[derive(Debug, Clone)]
pub(crate) struct OnList {
    /// The key of the word for who is rewarded.
    pub(crate) kind: String,
    /// Who.
    pub(crate) payee: String,
    /// With how much.
    pub(crate) amount: Fen,
    /// The list, for whoever may open it.
    pub(crate) list: Option<String>,
    /// The key of the word for how far it has come, and its look.
    pub(crate) state: (&'static str, &'static str),
}

/// What may be earned.
#[derive(Debug, Clone)]
pub(crate) struct Chance {
    /// The key of the word for who may earn it.
    pub(crate) kind: String,
    /// How much; `None` where nothing.
    pub(crate) amount: Option<Fen>,
    /// What follows, or why nothing does.
    pub(crate) text: String,
    /// The page of the pack that is silent, for whoever may open it.
    pub(crate) pack: Option<String>,
}

/// The reward of a loan of the visitor's area, as of today.
pub(crate) async fn view(
    tx: &mut Tx,
    (face, lang): (&Face, Lang),
    ctx: &Ctx,
    loan_id: i64,
) -> Result<RewardView, Failure> {
    let told = reward::of_loan(tx, ctx, loan_id).await?;
    let out: Vec<i64> = told.entries.iter().filter_map(|(entry, ..)| entry.reverses).collect();
    let entries = told.entries.iter().map(|(entry, state, paid_on)| OnList {
        kind: kind_key(entry.kind),
        payee: entry.payee.clone(),
        amount: entry.amount_fen,
        list: face.may(Right::SeeRewards).then(|| path(entry.list_id)),
        state: match (paid_on, entry.reverses, state) {
            (_, Some(_), _) => ("reward-takes-out", "staged"),
            _ if out.contains(&entry.entry_id) => ("reward-taken-out", "unreadable"),
            (Some(_), None, _) => ("reward-paid", "good"),
            (None, None, state) => state_of(*state),
        },
    });
    // What nobody carries, and what is on a list that was given up, is no news.
    let chances = told.chances.iter().filter(|(_, earned)| *earned != Err(WhyNot::NoEnterprise));
    let chance = |(kind, earned): &(_, Result<bangfu_domain::reward::Earned, WhyNot>)| match earned {
        Ok(earned) if told.owed => Chance {
            kind: kind_key(*kind),
            amount: Some(earned.amount_fen),
            text: lang.text_with("reward-at-stake", &[("day", lang.day_plain(earned.by_on).into())]),
            pack: None,
        },
        Ok(earned) => Chance {
            kind: kind_key(*kind),
            amount: Some(earned.amount_fen),
            text: lang.text("reward-earned"),
            pack: None,
        },
        Err(why) => Chance {
            kind: kind_key(*kind),
            amount: None,
            text: why_text(lang, *why),
            pack: match why {
                WhyNot::Unknown { .. } if face.may(Right::SeeRules) => {
                    Some(format!("/admin/packs/{}", told.pack))
                }
                _ => None,
            },
        },
    };
    let standing = |one: &OnList| one.state.0 != state_of(ListState::Withdrawn).0;
    Ok(RewardView { entries: entries.filter(standing).collect(), chances: chances.map(chance).collect() })
}
