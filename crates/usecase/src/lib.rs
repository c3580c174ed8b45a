//! One function per thing that a person or the night does: load, decide, save, audit, in one transaction.

pub mod access;
pub mod account;
pub mod adopt;
pub mod backup;
pub mod board;
pub mod book;
pub mod close;
pub mod ctx;
pub mod difference;
pub mod division;
pub mod erase;
pub mod error;
pub mod export;
pub mod fill;
pub mod grant;
pub mod household;
pub mod import;
pub mod init;
pub mod known;
pub mod layout;
pub mod lease;
pub mod loan;
pub mod officer;
pub mod reason;
pub mod rebuild;
pub mod recount;
pub mod rotate;
pub mod rulebook;
pub mod rules;
pub mod saved_list;
pub mod search;
pub mod template;
pub mod unmasking;

pub use ctx::Ctx;
pub use error::Error;
