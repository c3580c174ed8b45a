//! What can be typed.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

/// bangfu (帮扶): which loan is about to fall due, who goes there, is it done.
#[derive(Debug, Parser)]
#[command(name = "bangfu", version, about)]
pub(super) struct Arguments {
    /// The database: sqlite:FILE or postgres://… (default sqlite:bangfu.db)
    #[arg(long, global = true, env = "BANGFU_DATABASE", value_name = "URL", hide_env_values = true)]
    pub(super) database: Option<String>,
    /// Print one JSON document on standard output
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// The language of words: zh or en
    #[arg(long, global = true, value_parser = ["zh", "en"], env = "BANGFU_LANG")]
    pub(super) lang: Option<String>,
    /// The county's code, where the database keeps several
    #[arg(long = "book", global = true, value_name = "CODE")]
    pub(super) book: Option<String>,
    /// A folder with the county's own policy packs
    #[arg(long, global = true, env = "BANGFU_POLICY", value_name = "FOLDER")]
    pub(super) policy: Option<PathBuf>,
    #[command(subcommand)]
    pub(super) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Make an empty database with places and service points
    Init(Init),
    /// Read a ledger, households, officers or the bank's repayments in
    Import(Import),
    /// Close every day up to a day
    Close(Close),
    /// Show how many loans stand where
    Board(Board),
    /// Write loans to a file
    Export(Export),
    /// Serve the pages on this machine and close each day
    Serve(Serve),
    /// Try bangfu with made-up books
    Demo(Demo),
    /// Time the main jobs on this machine
    Bench,
    /// Rebuild what is derived from the events
    Rebuild(Rebuild),
}

#[derive(Debug, Args)]
pub(super) struct Init {
    /// A county's code, six or twelve digits; several may be named
    #[arg(long, required = true, value_name = "CODE")]
    pub(super) county: Vec<String>,
    /// The division list: code, name, parent, level
    #[arg(long, value_name = "FILE.csv")]
    pub(super) divisions: PathBuf,
    /// One pack for all contracts, whatever their date
    #[arg(long, value_name = "NAME")]
    pub(super) pack: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Kind {
    Ledger,
    Households,
    Officers,
    Repayments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Take {
    Good,
    AllOrNothing,
}

#[derive(Debug, Args)]
pub(super) struct Import {
    /// What the file holds
    pub(super) kind: Kind,
    /// The file
    pub(super) file: PathBuf,
    /// Write nothing
    #[arg(long)]
    pub(super) check: bool,
    /// Which rows to take
    #[arg(long, value_enum, default_value = "all-or-nothing")]
    pub(super) take: Take,
    /// The day of the ledger's position, where its title gives none
    #[arg(long, value_name = "DAY")]
    pub(super) as_of: Option<Date>,
    /// The day up to which a repayments file is complete
    #[arg(long, value_name = "DAY")]
    pub(super) until: Option<Date>,
    /// Write the report to a file
    #[arg(long, value_name = "OUT.json")]
    pub(super) report: Option<PathBuf>,
    /// Write the bad rows with their reasons to a workbook
    #[arg(long, value_name = "OUT.xlsx")]
    pub(super) rejects: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Close {
    /// The last day to close (default today)
    #[arg(long, value_name = "DAY")]
    pub(super) date: Option<Date>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum By {
    Township,
    Village,
    Branch,
    Officer,
}

#[derive(Debug, Args)]
pub(super) struct Board {
    /// The day (default today)
    #[arg(long, value_name = "DAY")]
    pub(super) date: Option<Date>,
    /// As known at this instant
    #[arg(long, value_name = "INSTANT")]
    pub(super) known_at: Option<jiff::Timestamp>,
    /// By what to count
    #[arg(long, value_enum, default_value = "township")]
    pub(super) by: By,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum What {
    Loans,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    /// What to write
    pub(super) what: What,
    /// The file: .xlsx, .csv or .json
    pub(super) file: PathBuf,
    /// The day (default today)
    #[arg(long, value_name = "DAY")]
    pub(super) date: Option<Date>,
    /// As known at this instant
    #[arg(long, value_name = "INSTANT")]
    pub(super) known_at: Option<jiff::Timestamp>,
    /// Whole identity numbers; the reason is recorded
    #[arg(long, value_name = "REASON")]
    pub(super) unmask: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Where to listen; only addresses of this machine
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub(super) listen: SocketAddr,
    /// The hour of the county's day at which the day is closed
    #[arg(long, default_value = "02:00", env = "BANGFU_CLOSE_AT", value_name = "HH:MM")]
    pub(super) close_at: jiff::civil::Time,
}

#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Where to listen (default: a free port of this machine)
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    pub(super) listen: SocketAddr,
}

#[derive(Debug, Args)]
pub(super) struct Rebuild {
    /// Only compare
    #[arg(long)]
    pub(super) check: bool,
}
