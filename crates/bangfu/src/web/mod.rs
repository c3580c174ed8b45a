//! The pages. A door parses, authorizes, calls and renders; no rule lives here.
#![allow(dead_code)]

mod assets;
pub(crate) mod board;
pub(crate) mod chart;
pub(crate) mod loan;
pub(crate) mod page;
#[cfg(test)]
mod tests;
