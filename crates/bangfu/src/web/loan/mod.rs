//! `/loans`: lists of loans and one loan.

pub(crate) mod filter;
