//! A word that an answer leaves for the page after it: said once, and never part of an address.

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

/// The name of the cookie that carries the word.
pub(super) const FLASH_COOKIE: &str = "said";

/// What the next page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flash {
    /// The next day was closed before the visitor's eyes.
    NextDay,
    /// A day was asked for that has not come yet.
    FutureDay,
    /// A staged file was dropped.
    Dropped,
    /// A difference was resolved.
    Resolved,
    /// A difference was given to its branch.
    Assigned,
    /// A difference was taken up again.
    Reopened,
    /// An identity number or a phone was searched for where none is looked for.
    NoSecret,
    /// A layout was told anew.
    LayoutSaved,
    /// A layout was forgotten.
    LayoutForgotten,
    /// Cells of a file were mended.
    Mended,
    /// Nothing of what a form brought differs from what stands in the file.
    NothingMended,
    /// A password was changed.
    PasswordChanged,
    /// Something about an account was changed.
    AccountChanged,
    /// A token was ended.
    TokenEnded,
    /// What somebody proposed was taken back.
    ProposalWithdrawn,
    /// What somebody proposed was rejected.
    ProposalRejected,
    /// An amendment was approved.
    AmendmentApproved,
    /// Somebody's numbers were erased.
    Erased,
    /// A place was changed.
    PlaceChanged,
    /// An officer, an institution, a branch or a service point was changed.
    Kept,
    /// Access outside the own area was asked for.
    AccessAsked,
    /// Such access was granted, refused or ended.
    AccessChanged,
    /// A list was kept under a name.
    ListSaved,
    /// A list that was kept was forgotten.
    ListForgotten,
    /// Something was done with a list of rewards.
    RewardChanged,
    /// A contact was recorded.
    ContactRecorded,
    /// It was proposed how a loan is to be handled.
    HandlingProposed,
    /// Such a proposal was agreed to.
    HandlingAgreed,
    /// Such a proposal was returned.
    HandlingReturned,
    /// The bank's answer was recorded.
    HandlingAnswered,
    /// A message is sent again.
    MessageAgain,
    /// A message was received.
    MessageReceived,
    /// Slips were handed over.
    SlipsHanded,
    /// A receipt was recorded.
    ReceiptRecorded,
    /// The address on a card was made void.
    CardRevoked,
    /// The texts of a paper were told anew.
    PaperTextsTold,
}

impl Flash {
    const ALL: [Flash; 36] = [
        Flash::NextDay,
        Flash::FutureDay,
        Flash::Dropped,
        Flash::Resolved,
        Flash::Assigned,
        Flash::Reopened,
        Flash::NoSecret,
        Flash::LayoutSaved,
        Flash::LayoutForgotten,
        Flash::Mended,
        Flash::NothingMended,
        Flash::PasswordChanged,
        Flash::AccountChanged,
        Flash::TokenEnded,
        Flash::ProposalWithdrawn,
        Flash::ProposalRejected,
        Flash::AmendmentApproved,
        Flash::Erased,
        Flash::PlaceChanged,
        Flash::Kept,
        Flash::AccessAsked,
        Flash::AccessChanged,
        Flash::ListSaved,
        Flash::ListForgotten,
        Flash::RewardChanged,
        Flash::ContactRecorded,
        Flash::HandlingProposed,
        Flash::HandlingAgreed,
        Flash::HandlingReturned,
        Flash::HandlingAnswered,
        Flash::MessageAgain,
        Flash::MessageReceived,
        Flash::SlipsHanded,
        Flash::ReceiptRecorded,
        Flash::CardRevoked,
        Flash::PaperTextsTold,
    ];

    /// The word in the cookie.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Flash::NextDay => "next-day",
            Flash::FutureDay => "future-day",
            Flash::Dropped => "dropped",
            Flash::Resolved => "resolved",
            Flash::Assigned => "assigned",
            Flash::Reopened => "reopened",
            Flash::NoSecret => "no-secret",
            Flash::LayoutSaved => "layout-saved",
            Flash::LayoutForgotten => "layout-forgotten",
            Flash::Mended => "mended",
            Flash::NothingMended => "nothing-mended",
            Flash::PasswordChanged => "password-changed",
            Flash::AccountChanged => "account-changed",
            Flash::TokenEnded => "token-ended",
            Flash::ProposalWithdrawn => "proposal-withdrawn",
            Flash::ProposalRejected => "proposal-rejected",
            Flash::AmendmentApproved => "amendment-approved",
            Flash::Erased => "erased",
            Flash::PlaceChanged => "place-changed",
            Flash::Kept => "kept",
            Flash::AccessAsked => "access-asked",
            Flash::AccessChanged => "access-changed",
            Flash::ListSaved => "list-saved",
            Flash::ListForgotten => "list-forgotten",
            Flash::RewardChanged => "reward-changed",
            Flash::ContactRecorded => "contact-recorded",
            Flash::HandlingProposed => "handling-proposed",
            Flash::HandlingAgreed => "handling-agreed",
            Flash::HandlingReturned => "handling-returned",
            Flash::HandlingAnswered => "handling-answered",
            Flash::MessageAgain => "message-again",
            Flash::MessageReceived => "message-received",
            Flash::SlipsHanded => "slips-handed",
            Flash::ReceiptRecorded => "receipt-recorded",
            Flash::CardRevoked => "card-revoked",
            Flash::PaperTextsTold => "paper-texts-told",
        }
    }

    /// What that word says.
    pub(super) fn from_key(key: &str) -> Option<Flash> {
        Self::ALL.into_iter().find(|flash| flash.key() == key)
    }

    /// The key of the notice above the page; the board shows for itself that a day was closed.
    pub(super) const fn notice_key(self) -> Option<&'static str> {
        match self {
            Flash::NextDay => None,
            Flash::FutureDay => Some("notice-future-day"),
            Flash::Dropped => Some("notice-dropped"),
            Flash::Resolved => Some("notice-resolved"),
            Flash::Assigned => Some("notice-assigned"),
            Flash::Reopened => Some("notice-reopened"),
            Flash::NoSecret => Some("notice-no-secret"),
            Flash::LayoutSaved => Some("notice-layout-saved"),
            Flash::LayoutForgotten => Some("notice-layout-forgotten"),
            Flash::Mended => Some("notice-mended"),
            Flash::NothingMended => Some("notice-nothing-mended"),
            Flash::PasswordChanged => Some("notice-password-changed"),
            Flash::AccountChanged => Some("notice-account-changed"),
            Flash::TokenEnded => Some("notice-token-ended"),
            Flash::ProposalWithdrawn => Some("notice-proposal-withdrawn"),
            Flash::ProposalRejected => Some("notice-proposal-rejected"),
            Flash::AmendmentApproved => Some("notice-amendment-approved"),
            Flash::Erased => Some("notice-erased"),
            Flash::PlaceChanged | Flash::Kept => Some("notice-place-changed"),
            Flash::AccessAsked => Some("notice-access-asked"),
            Flash::AccessChanged => Some("notice-access-changed"),
            Flash::ListSaved => Some("notice-list-saved"),
            Flash::ListForgotten => Some("notice-list-forgotten"),
            Flash::RewardChanged => Some("notice-reward-changed"),
            Flash::ContactRecorded => Some("notice-contact-recorded"),
            Flash::HandlingProposed => Some("notice-handling-proposed"),
            Flash::HandlingAgreed => Some("notice-handling-agreed"),
            Flash::HandlingReturned => Some("notice-handling-returned"),
            Flash::HandlingAnswered => Some("notice-handling-answered"),
            Flash::MessageAgain => Some("notice-message-again"),
            Flash::MessageReceived => Some("notice-message-received"),
            Flash::SlipsHanded => Some("notice-slips-handed"),
            Flash::ReceiptRecorded => Some("notice-receipt-recorded"),
            Flash::CardRevoked => Some("notice-card-revoked"),
            Flash::PaperTextsTold => Some("notice-paper-texts-told"),
        }
    }

    /// Leads to an address whose page says it.
    pub(super) fn redirect(self, to: &str) -> Response {
        let cookie = format!("{FLASH_COOKIE}={}; Path=/; Max-Age=60; SameSite=Lax; HttpOnly", self.key());
        ([(header::SET_COOKIE, cookie)], Redirect::to(to)).into_response()
    }
}

/// Takes the word back once a page has said it.
pub(super) async fn forget(request: Request, next: Next) -> Response {
    let carried = request.headers().get_all(header::COOKIE).iter().any(|line| {
        line.to_str().is_ok_and(|line| line.split(';').any(|cookie| cookie.trim().starts_with("said=")))
    });
    let mut response = next.run(request).await;
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if carried && is_page {
        let gone = HeaderValue::from_static("said=; Path=/; Max-Age=0; SameSite=Lax; HttpOnly");
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
    response
}
