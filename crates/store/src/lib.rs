//! All SQL of bangfu, for SQLite and PostgreSQL alike; one file per noun, no rules.
//!
//! Every read takes a scope or a county; only use cases begin a writing transaction.

pub mod account;
mod address;
pub mod alert;
pub mod amendment;
pub mod answer;
pub mod audit;
pub mod bank;
pub mod board;
pub mod bulk;
pub mod change;
pub mod close;
pub mod contact;
pub mod county;
pub mod db;
pub mod difference;
pub mod division;
pub mod dump;
pub mod enterprise;
pub mod erasure;
pub mod error;
pub mod fill;
pub mod finding;
pub mod former_name;
mod found;
pub mod gone;
pub mod grant;
pub mod handling;
mod hash_key;
pub mod health;
pub mod household;
pub mod import;
pub mod journey;
mod kept;
pub mod key;
pub mod layout;
pub mod lease;
pub mod ledger;
pub mod loan;
pub mod mending;
pub mod message;
pub mod movement;
pub mod name_term;
pub mod notice;
pub mod office_address;
pub mod officer;
pub mod person;
pub mod proposal;
pub mod reward;
pub mod rule_change;
pub mod saved_list;
mod schema;
pub mod scope;
pub mod sealed;
pub mod second_factor;
pub mod sending;
mod served;
pub mod service_point;
pub mod session;
pub mod shape;
pub mod slip;
pub mod statistics;
pub mod task;
#[cfg(feature = "testing")]
pub mod testing;
pub mod tie;
pub mod token;
mod turn;
pub mod tx;
pub mod unmasking;
pub mod value;
mod way;
pub mod weekly;

/// Under which name the log tells of statements, without their values.
pub const STATEMENTS: &str = "sqlx::query";

pub use address::Address;
pub use db::Db;
pub use error::Error;
pub use schema::NEWEST;
pub use scope::{Area, Scope};
pub use turn::Turn;
pub use tx::Tx;
