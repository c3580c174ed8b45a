//! The one place that knows the operating system.

pub(crate) mod confine;
pub(crate) mod machine;
mod memory;
pub(crate) mod network;
pub(crate) mod stop;
