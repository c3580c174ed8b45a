//! The one place that knows the operating system.

pub(crate) mod confine;
pub(crate) mod machine;
pub(crate) mod network;
pub(crate) mod stop;
