//! The pages. A door parses, authorizes, calls and renders; no rule lives here.

pub(crate) mod account;
mod address;
mod admin;
mod amendment;
mod api;
mod assets;
pub(crate) mod board;
mod branch;
mod calendar;
mod carrier;
mod chart;
mod difference;
mod division;
mod doors;
mod download;
mod enterprise;
mod erasure;
mod failure;
mod flash;
mod frame;
pub(crate) mod grant;
mod guard;
mod handling;
mod health;
mod home;
mod household;
mod import;
mod language;
mod layout;
mod leader;
mod loan;
#[cfg(test)]
mod matrix;
mod menu;
mod message;
pub(crate) mod metrics;
mod notice;
mod officer;
pub(crate) mod origin;
mod outcome;
mod pack;
mod page;
mod paper;
mod qr;
pub(crate) mod request;
mod reward;
mod saved_list;
mod session;
mod task;
#[cfg(test)]
mod tests;
mod token;
mod trail;
mod unmanaged;
pub(crate) mod unmasking;
mod way_out;
mod what_if;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use bangfu_usecase::access::Right;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;

use crate::app::App;
use crate::openid::BACK;
use doors::{Doors, Pass};
use frame::Face;
use session::{FACTOR, SIGN_IN, SIGN_IN_CODE, SIGN_IN_OPENID};

/// How far the upload page reads on, in parts of the largest file that it takes, so that it can say what is wrong and keep
/// what was typed.
const UPLOAD_READ: usize = 2;

const BOOK: Pass = Pass::With(Right::SeeBook);
const UNMASK: Pass = Pass::With(Right::Unmask);
const UNMASKINGS: Pass = Pass::With(Right::SeeUnmaskings);
const ACCESS: Pass = Pass::With(Right::AskAccess);
const OVERSEE: Pass = Pass::With(Right::OverseeAccess);
const CONTACT: Pass = Pass::With(Right::RecordContact);
const NAME_MANAGERS: Pass = Pass::With(Right::NameManagers);
const HANDLE: Pass = Pass::With(Right::ProposeHandling);
const CHECK: Pass = Pass::With(Right::CheckHandling);
const ANSWER: Pass = Pass::With(Right::AnswerHandling);
const MESSAGES: Pass = Pass::With(Right::SeeMessages);
const KEEP_MESSAGES: Pass = Pass::With(Right::KeepMessages);
const DEMO: Pass = Pass::With(Right::MoveDemo);
const FILES: Pass = Pass::With(Right::TakeFiles);
const SEE_FILES: Pass = Pass::With(Right::SeeFiles);
const LAYOUTS: Pass = Pass::With(Right::KeepLayouts);
const DIFFERENCES: Pass = Pass::With(Right::SeeDifferences);
const SETTLE: Pass = Pass::With(Right::SettleDifferences);
const PLACES: Pass = Pass::With(Right::SeePlaces);
const OFFICERS: Pass = Pass::With(Right::SeeOfficers);
const ACCOUNTS: Pass = Pass::With(Right::ManageAccounts);
const SYSTEM: Pass = Pass::With(Right::SeeSystem);
const RULES: Pass = Pass::With(Right::SeeRules);
const PROPOSE: Pass = Pass::With(Right::ProposeRules);
const KEEP_PLACES: Pass = Pass::With(Right::KeepPlaces);
const KEEP_OFFICERS: Pass = Pass::With(Right::KeepOfficers);
const KEEP_BANKS: Pass = Pass::With(Right::KeepBanks);
const DECIDE: Pass = Pass::With(Right::DecideRules);
const REWARDS: Pass = Pass::With(Right::SeeRewards);
const PROPOSE_REWARD: Pass = Pass::With(Right::ProposeReward);
const CHECK_REWARD: Pass = Pass::With(Right::CheckReward);
const PAY_REWARD: Pass = Pass::With(Right::PayReward);
const ERASE: Pass = Pass::With(Right::ProposeErasure);
const ERASURES: Pass = Pass::With(Right::DecideErasure);

/// Every door of a county's book, each with who may pass it.
fn doors(upload_bytes: usize) -> Doors {
    let upload = post(import::upload::upload).layer(DefaultBodyLimit::max(upload_bytes));
    let list = post(admin::places::list::check).layer(DefaultBodyLimit::max(admin::places::list::BYTES_MAX));
    paper::doors(Doors::new())
        .get(Pass::AtWork, "/", home::get)
        .get(BOOK, "/board", board::get)
        .get(BOOK, "/board.xlsx", board::export::xlsx)
        .get(BOOK, "/board.csv", board::export::csv)
        .post(DEMO, "/next-day", board::next_day)
        .get(BOOK, "/loans", loan::list::list)
        .post(BOOK, "/loans/find", loan::list::find)
        .get(BOOK, "/loans/export.xlsx", loan::export::xlsx)
        .get(BOOK, "/loans/export.csv", loan::export::csv)
        .get(BOOK, "/loans/{id}", loan::one)
        .get(BOOK, "/tasks", task::list)
        .get(BOOK, "/overview", leader::get)
        .get(BOOK, "/ways-out", way_out::get)
        .get(BOOK, "/ways-out.xlsx", way_out::xlsx)
        .get(BOOK, "/ways-out.csv", way_out::csv)
        .get(BOOK, "/ways-out/loans", way_out::loans)
        .get(BOOK, "/outcomes", outcome::get)
        .get(BOOK, "/outcomes.xlsx", outcome::export::xlsx)
        .get(BOOK, "/outcomes.csv", outcome::export::csv)
        .get(BOOK, "/outcomes/loans", outcome::list::list)
        .get(BOOK, "/outcomes/loans.xlsx", outcome::export::loans_xlsx)
        .get(BOOK, "/outcomes/loans.csv", outcome::export::loans_csv)
        .get(NAME_MANAGERS, "/unmanaged", unmanaged::get)
        .post(NAME_MANAGERS, "/unmanaged", unmanaged::tell)
        .get(BOOK, "/notices", notice::list)
        .get(BOOK, "/notices/{id}", notice::one)
        .get(MESSAGES, "/messages", message::list_page)
        .post(KEEP_MESSAGES, "/messages/again", message::again_all)
        .post(KEEP_MESSAGES, "/messages/{id}/again", message::again)
        .post(KEEP_MESSAGES, "/messages/{id}/received", message::received)
        .get(MESSAGES, "/weekly", message::weekly::newest)
        .get(MESSAGES, "/weekly/{id}", message::weekly::get)
        .get(BOOK, "/slips", message::slip::list)
        .post(CONTACT, "/slips/print", message::slip::print)
        .post(CONTACT, "/slips/hand-over", message::slip::hand_over)
        .get(KEEP_MESSAGES, "/admin/slip-text", message::text::get)
        .post(KEEP_MESSAGES, "/admin/slip-text", message::text::write)
        .get(KEEP_MESSAGES, "/admin/addresses", message::address::list)
        .post(KEEP_MESSAGES, "/admin/addresses", message::address::add)
        .post(KEEP_MESSAGES, "/admin/addresses/{id}/end", message::address::end)
        .post(KEEP_MESSAGES, "/admin/sending", message::address::tell)
        .get(CONTACT, "/loans/{id}/contact", task::contact::form)
        .post(CONTACT, "/loans/{id}/contact", task::contact::tell)
        .get(HANDLE, "/loans/{id}/handle", handling::propose::form)
        .post(HANDLE, "/loans/{id}/handle", handling::propose::tell)
        .get(BOOK, "/handlings", handling::list)
        .get(BOOK, "/handlings/{id}", handling::one)
        .post(HANDLE, "/handlings/{id}/withdraw", handling::act::withdraw)
        .post(CHECK, "/handlings/{id}/agree", handling::act::agree)
        .post(CHECK, "/handlings/{id}/return", handling::act::send_back)
        .post(ANSWER, "/handlings/{id}/grant", handling::act::grant)
        .post(ANSWER, "/handlings/{id}/refuse", handling::act::refuse)
        .get(UNMASK, "/loans/{id}/unmask", unmasking::ask)
        .post(UNMASK, "/loans/{id}/unmask", unmasking::show)
        .get(UNMASKINGS, "/unmaskings", unmasking::record::list)
        .get(UNMASKINGS, "/unmaskings/export.xlsx", unmasking::record::xlsx)
        .get(UNMASKINGS, "/unmaskings/export.csv", unmasking::record::csv)
        .get(ACCESS, "/access", grant::list)
        .post(ACCESS, "/access", grant::ask)
        .get(ACCESS, "/access/{id}", grant::loans)
        .get(ACCESS, "/access/{id}/loans/{loan}", grant::loan)
        .post(ACCESS, "/access/{id}/end", grant::end)
        .post(OVERSEE, "/access/{id}/grant", grant::give)
        .post(OVERSEE, "/access/{id}/refuse", grant::refuse)
        .get(BOOK, "/households/{id}", household::one)
        .get(UNMASKINGS, "/households/{id}/trail", trail::one)
        .get(UNMASKINGS, "/households/{id}/trail/export.xlsx", trail::xlsx)
        .get(UNMASKINGS, "/households/{id}/trail/export.csv", trail::csv)
        .get(UNMASK, "/households/{id}/unmask", unmasking::ask_of_member)
        .post(UNMASK, "/households/{id}/unmask", unmasking::show_of_member)
        .get(ERASE, "/households/{id}/erase", erasure::ask)
        .post(ERASE, "/households/{id}/erase", erasure::propose)
        .get(ERASURES, "/erasures", erasure::list)
        .get(ERASURES, "/erasures/{id}", erasure::one)
        .post(ERASE, "/erasures/{id}/withdraw", erasure::withdraw)
        .post(ERASURES, "/erasures/{id}/reject", erasure::reject)
        .post(ERASURES, "/erasures/{id}/approve", erasure::approve)
        .get(REWARDS, "/rewards", reward::list)
        .post(PROPOSE_REWARD, "/rewards", reward::propose)
        .get(REWARDS, "/rewards/{id}", reward::get)
        .get(REWARDS, "/rewards/{id}/list.xlsx", reward::list_xlsx)
        .get(REWARDS, "/rewards/{id}/publicity", reward::publicity)
        .get(REWARDS, "/rewards/{id}/publicity.xlsx", reward::publicity_xlsx)
        .post(PROPOSE_REWARD, "/rewards/{id}/withdraw", reward::withdraw)
        .post(PROPOSE_REWARD, "/rewards/{id}/publish", reward::publish)
        .post(PROPOSE_REWARD, "/rewards/{id}/object", reward::object)
        .post(PROPOSE_REWARD, "/rewards/{id}/take-out", reward::take_out)
        .post(CHECK_REWARD, "/rewards/{id}/check", reward::check)
        .post(CHECK_REWARD, "/rewards/{id}/reject", reward::reject)
        .post(CHECK_REWARD, "/rewards/{id}/approve", reward::approve)
        .post(CHECK_REWARD, "/rewards/{id}/decide", reward::decide)
        .post(PAY_REWARD, "/rewards/{id}/pay", reward::pay)
        .get(BOOK, "/branches/{id}", branch::one)
        .get(BOOK, "/enterprises/{id}", enterprise::one)
        .post(BOOK, "/lists", saved_list::save)
        .post(BOOK, "/lists/{id}/forget", saved_list::forget)
        .get(FILES, "/import", import::upload::form)
        .hang(Method::POST, FILES, "/import", upload)
        .get(FILES, "/import/reading/{job}", import::upload::reading)
        .get(FILES, "/import/reading/{job}/progress", import::progress::reading)
        .get(SEE_FILES, "/import/{id}", import::one)
        .get(SEE_FILES, "/import/{id}/progress", import::progress::taking)
        .get(FILES, "/import/{id}/columns", import::columns::get)
        .post(FILES, "/import/{id}/columns", import::columns::tell)
        .get(LAYOUTS, "/layouts", layout::list)
        .get(LAYOUTS, "/layouts/{id}", layout::one)
        .post(LAYOUTS, "/layouts/{id}", layout::correct)
        .get(LAYOUTS, "/templates/{name}", layout::template::get)
        .post(LAYOUTS, "/layouts/{id}/rename", layout::rename)
        .post(LAYOUTS, "/layouts/{id}/forget", layout::forget)
        .post(FILES, "/import/{id}/mend", import::check::mend::mend)
        .post(FILES, "/import/{id}/find", import::check::mend::find)
        .post(FILES, "/import/{id}/take", import::take)
        .get(FILES, "/import/{id}/undo", import::undo::ask)
        .post(FILES, "/import/{id}/undo", import::undo::undo)
        .post(FILES, "/import/{id}/drop", import::drop_staged)
        .get(SEE_FILES, "/import/{id}/rejects.xlsx", import::rejects)
        .get(SEE_FILES, "/imports", import::history)
        .get(DIFFERENCES, "/differences", difference::list::list)
        .post(DIFFERENCES, "/differences/find", difference::list::find)
        .get(DIFFERENCES, "/differences/export.xlsx", difference::export::xlsx)
        .get(DIFFERENCES, "/differences/export.csv", difference::export::csv)
        .get(DIFFERENCES, "/differences/slip", difference::slip::slip)
        .get(DIFFERENCES, "/differences/{id}", difference::one)
        .post(SETTLE, "/differences/bulk", difference::bulk::bulk)
        .post(SETTLE, "/differences/{id}/resolve", difference::act::resolve)
        .post(SETTLE, "/differences/{id}/assign", difference::act::assign)
        .post(SETTLE, "/differences/{id}/reopen", difference::act::reopen)
        .get(PLACES, "/divisions", division::get)
        .get(OFFICERS, "/officers", officer::get)
        .get(OFFICERS, "/officers/{id}", officer::one::one)
        .post(Pass::Everybody, "/language", language::choose)
        .post(Pass::Everybody, "/type", language::choose_type)
        .post(Pass::Everybody, "/look", language::choose_look)
        .get(Pass::Everybody, "/favicon.ico", assets::icon)
        .get(Pass::Everybody, SIGN_IN, session::sign_in::form)
        .post(Pass::Everybody, SIGN_IN, session::sign_in::sign_in)
        .get(Pass::Everybody, SIGN_IN_CODE, session::code::form)
        .post(Pass::Everybody, SIGN_IN_CODE, session::code::sign_in)
        .get(Pass::Everybody, SIGN_IN_OPENID, session::openid::begin)
        .get(Pass::Everybody, BACK, session::openid::back)
        .post(Pass::Everybody, "/sign-out", session::sign_in::sign_out)
        .get(Pass::SignedIn, "/me", session::me::get)
        .post(Pass::SignedIn, "/me/password", session::me::change_password)
        .get(Pass::SignedIn, FACTOR, session::factor::get)
        .post(Pass::SignedIn, "/me/second-factor/begin", session::factor::begin)
        .post(Pass::SignedIn, "/me/second-factor/confirm", session::factor::confirm)
        .post(Pass::SignedIn, "/me/second-factor/codes", session::factor::renew_codes)
        .post(Pass::SignedIn, "/me/second-factor/off", session::factor::switch_off)
        .post(Pass::SignedIn, "/me/post", session::me::choose_post)
        .post(Pass::SignedIn, "/me/sessions/{id}/end", session::me::end_session)
        .get(SYSTEM, "/admin", admin::get)
        .get(SYSTEM, "/admin/system", admin::system::get)
        .get(KEEP_PLACES, "/admin/places", admin::places::list)
        .get(KEEP_PLACES, "/admin/places/{id}", admin::places::one)
        .post(KEEP_PLACES, "/admin/places/{id}/add", admin::places::add)
        .post(KEEP_PLACES, "/admin/places/{id}/rename", admin::places::rename)
        .post(KEEP_PLACES, "/admin/places/{id}/end", admin::places::end)
        .post(KEEP_PLACES, "/admin/places/{id}/move", admin::places::relocate)
        .post(KEEP_PLACES, "/admin/places/{id}/merge", admin::places::merge)
        .post(KEEP_PLACES, "/admin/places/recode/check", admin::places::county::check)
        .post(KEEP_PLACES, "/admin/places/recode", admin::places::county::act)
        .hang(Method::POST, KEEP_PLACES, "/admin/places/list/check", list)
        .post(KEEP_PLACES, "/admin/places/list/look", admin::places::list::again)
        .post(KEEP_PLACES, "/admin/places/list", admin::places::list::act)
        .get(KEEP_PLACES, "/admin/places/{id}/service-point", admin::service_point::get)
        .post(KEEP_PLACES, "/admin/places/{id}/service-point", admin::service_point::tell)
        .get(KEEP_OFFICERS, "/admin/officers", admin::officer::list)
        .post(KEEP_OFFICERS, "/admin/officers", admin::officer::add)
        .get(KEEP_OFFICERS, "/admin/officers/{id}", admin::officer::one)
        .post(KEEP_OFFICERS, "/admin/officers/{id}", admin::officer::correct)
        .post(KEEP_OFFICERS, "/admin/officers/{id}/leave", admin::officer::leave)
        .post(KEEP_OFFICERS, "/admin/officers/{id}/back", admin::officer::come_back)
        .get(KEEP_OFFICERS, "/admin/officers/{id}/hand-over", admin::officer::hand_over::get)
        .post(KEEP_OFFICERS, "/admin/officers/{id}/hand-over", admin::officer::hand_over::tell)
        .get(KEEP_BANKS, "/admin/branches", admin::bank::list)
        .post(KEEP_BANKS, "/admin/branches", admin::bank::add_lender)
        .get(KEEP_BANKS, "/admin/lenders/{id}", admin::bank::lender)
        .post(KEEP_BANKS, "/admin/lenders/{id}/add", admin::bank::add_branch)
        .post(KEEP_BANKS, "/admin/lenders/{id}/rename", admin::bank::rename_lender)
        .get(KEEP_BANKS, "/admin/branches/{id}", admin::bank::one)
        .post(KEEP_BANKS, "/admin/branches/{id}/rename", admin::bank::rename_branch)
        .get(KEEP_BANKS, "/admin/branches/{id}/merge", admin::bank::merge_form)
        .post(KEEP_BANKS, "/admin/branches/{id}/merge", admin::bank::merge_into)
        .get(RULES, "/admin/calendar", calendar::get)
        .post(PROPOSE, "/admin/calendar", calendar::tell)
        .get(RULES, "/admin/packs", pack::list)
        .get(RULES, "/admin/packs/{name}", pack::one)
        .get(PROPOSE, "/admin/packs/{name}/edit", pack::edit::get)
        .post(PROPOSE, "/admin/packs/{name}/edit", pack::edit::tell)
        .get(RULES, "/admin/what-if", what_if::get)
        .get(RULES, "/admin/what-if/export.xlsx", what_if::xlsx)
        .get(RULES, "/admin/what-if/export.csv", what_if::csv)
        .get(RULES, "/admin/amendments/{id}", amendment::get)
        .post(PROPOSE, "/admin/amendments/{id}/withdraw", amendment::withdraw)
        .post(DECIDE, "/admin/amendments/{id}/reject", amendment::reject)
        .post(DECIDE, "/admin/amendments/{id}/approve", amendment::approve)
        .get(ACCOUNTS, "/accounts", account::list)
        .post(ACCOUNTS, "/accounts", account::create)
        .get(ACCOUNTS, "/accounts/{id}", account::one)
        .post(ACCOUNTS, "/accounts/{id}/post", account::give_post)
        .post(ACCOUNTS, "/accounts/{id}/post/{post}/take", account::take_post)
        .post(ACCOUNTS, "/accounts/{id}/disable", account::disable)
        .post(ACCOUNTS, "/accounts/{id}/enable", account::enable)
        .post(ACCOUNTS, "/accounts/{id}/reset", account::reset)
        .get(ACCOUNTS, "/tokens", token::list)
        .post(ACCOUNTS, "/tokens", token::create)
        .post(ACCOUNTS, "/tokens/{id}/end", token::end)
        .get(Pass::Everybody, "/api", api::page::get)
        .post(ACCOUNTS, "/accounts/{id}/second-factor/off", account::take_factor_off)
}

/// Every page of a county's book, and what machines ask of it, which answers at an address of its own.
pub(crate) fn routers(app: App) -> (Router, Router) {
    let most = app.intake.limits.file_bytes().saturating_mul(UPLOAD_READ).saturating_add(1 << 20);
    let face = Face::new(app);
    let observed = from_fn_with_state((face.app.clock.clone(), face.app.metrics.clone()), request::observe);
    let machines = Router::new()
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .layer(observed.clone())
        .with_state(face.clone());
    let (routes, _) = doors(most).hung();
    // Programs come by a door of their own: no cookie opens it, so nothing there is a form's.
    let programs = api::router(face.app.intake.limits.file_bytes());
    let pages = routes
        .fallback(failure::not_found)
        .layer(from_fn(session::csrf::check))
        .layer(from_fn_with_state(face.clone(), failure::render))
        .layer(from_fn_with_state(face.clone(), session::recognise))
        .layer(from_fn(flash::forget))
        .layer(CsrfLayer::new())
        .merge(programs)
        .layer(from_fn_with_state((face.app.way.clone(), face.app.clock.clone()), origin::tell))
        .route("/static/{hash}/{name}", get(assets::get))
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .layer(from_fn(guard::headers))
        .layer(CompressionLayer::new())
        .layer(observed)
        .with_state(face);
    (pages, machines)
}
