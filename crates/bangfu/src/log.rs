//! What the program says of its work, on standard error: lines for people or JSON for programs, each with the id of the
//! request in which it happened.
//!
//! No line holds what people typed, a name, a number or an address with its query: a route is told as it is declared,
//! and a failure by its cause. A test greps them for everybody in the samples.

use bangfu_store::STATEMENTS;
use tracing_subscriber::EnvFilter;

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Level {
    /// What failed.
    Error,
    /// And what may fail soon.
    Warn,
    /// And each request.
    Info,
    /// And what the libraries below say: statements without their values.
    Debug,
    /// And everything else.
    Trace,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Form {
    /// A line for people.
    Text,
    /// A JSON document a line.
    Json,
}

impl Level {
    /// Libraries below speak from `warn` on, unless everything is asked for. Which statements took long is told with them: a
    /// backup reads whole tables, and whoever types it need not know how.
    fn filter(self) -> EnvFilter {
        EnvFilter::new(match self {
            Level::Error => "error".to_owned(),
            Level::Warn => format!("warn,{STATEMENTS}=error"),
            Level::Info => format!("warn,bangfu=info,{STATEMENTS}=error"),
            Level::Debug => "debug".to_owned(),
            Level::Trace => "trace".to_owned(),
        })
    }
}

/// From here on the program says what it does.
pub(crate) fn begin(level: Level, form: Form) {
    let log = tracing_subscriber::fmt().with_env_filter(level.filter()).with_writer(std::io::stderr);
    match form {
        Form::Text => log.with_target(false).init(),
        Form::Json => log.json().flatten_event(true).with_current_span(false).with_span_list(true).init(),
    }
    // What a panic says may quote what it broke on: only where it happened is told.
    std::panic::set_hook(Box::new(|broken| {
        let place = broken.location().map(ToString::to_string).unwrap_or_default();
        let what = broken.payload().downcast_ref::<&'static str>().copied().unwrap_or("");
        tracing::error!(%place, what, "the program broke off a piece of work: this is a fault of bangfu's");
    }));
}
