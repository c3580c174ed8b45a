//! The pages. A door parses, authorizes, calls and renders; no rule lives here.
#![allow(dead_code)]

mod assets;
pub(crate) mod board;
pub(crate) mod chart;
pub(crate) mod division;
pub(crate) mod error;
pub(crate) mod import;
pub(crate) mod loan;
pub(crate) mod officer;
pub(crate) mod page;
#[cfg(test)]
mod tests;
