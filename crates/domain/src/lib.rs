//! Pure rules of bangfu: facts and a date go in, a decision comes out.
//!
//! Nothing here knows a database, a clock, a network or a thread.

pub mod account;
pub mod audit;
pub mod bank;
pub mod calendar;
mod capital;
pub mod difference;
pub mod division;
pub mod grant;
pub mod handling;
pub mod identity;
pub mod ledger;
pub mod limitation;
pub mod lines;
pub mod loan;
pub mod message;
pub mod money;
pub mod nearest;
pub mod officer;
pub mod paper;
pub mod policy;
pub mod rate;
pub mod replay;
pub mod reward;
pub mod search;
pub mod service_point;
pub mod task;
pub mod text;
pub mod token;
pub mod warning;
pub mod words;
