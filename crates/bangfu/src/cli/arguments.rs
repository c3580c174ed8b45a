//! What can be typed. The words of help stand in the texts, as `help-VERB`, `help-VERB-ARGUMENT` and `help-value-NAME`.

mod serving;

use std::net::SocketAddr;
use std::path::PathBuf;

use bangfu_domain::officer::Role;
use clap::{Args, Parser, Subcommand, ValueEnum, value_parser};
use jiff::civil::Date;

use crate::clock::is_plausible;
use crate::log;

pub(super) use serving::{Openid, Reach, Send, Sending, Serve};

/// bangfu (帮扶): which loan is about to fall due, who goes there, is it done.
#[derive(Debug, Parser)]
#[command(name = "bangfu", version, about)]
pub(super) struct Arguments {
    #[arg(long, global = true, env = "BANGFU_DATABASE", value_name = "URL", hide_env_values = true)]
    pub(super) database: Option<String>,
    #[arg(long, global = true)]
    pub(super) json: bool,
    #[arg(long, global = true, value_parser = ["zh", "en"], env = "BANGFU_LANG")]
    pub(super) lang: Option<String>,
    #[arg(long = "book", global = true, value_name = "CODE")]
    pub(super) book: Option<String>,
    #[arg(long, global = true, env = "BANGFU_POLICY", value_name = "FOLDER")]
    pub(super) policy: Option<PathBuf>,
    #[arg(long, global = true, env = "BANGFU_CONFIG", value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    #[arg(long, global = true, value_enum, default_value = "info", env = "BANGFU_LOG", value_name = "LEVEL")]
    pub(super) log: log::Level,
    #[arg(
        long,
        global = true,
        value_enum,
        default_value = "text",
        env = "BANGFU_LOG_FORMAT",
        value_name = "FORMAT"
    )]
    pub(super) log_format: log::Form,
    #[command(subcommand)]
    pub(super) verb: Verb,
}

/// A day of which somebody may ask.
fn day(text: &str) -> Result<Date, String> {
    let day: Date = text.parse().map_err(|error: jiff::Error| error.to_string())?;
    if is_plausible(&day) { Ok(day) } else { Err("1900–2199".to_owned()) }
}

/// A role by its key.
fn role(text: &str) -> Result<Role, String> {
    Role::from_key(text.trim()).ok_or_else(|| Role::ALL.map(Role::key).join(", "))
}

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Make an empty database with places and service points
    Init(Init),
    /// Read a ledger, households, officers or the bank's repayments in
    Import(Import),
    /// Write an empty workbook to be filled in
    Template(Template),
    /// Close every day up to a day
    Close(Close),
    /// Show how many loans stand where
    Board(Board),
    /// Write loans to a file
    Export(Export),
    /// Serve the pages on this machine and close each day
    Serve(Box<Serve>),
    /// Send what was queued for offices and borrowers
    Send(Box<Send>),
    /// Try bangfu with made-up books
    Demo(Demo),
    /// Time the main jobs on this machine
    Bench(Bench),
    /// Make accounts, give posts, reset passwords
    User(User),
    /// Make and end the tokens of programs
    Token(Token),
    /// Make a county's own certificates
    Tls(Certify),
    /// Make a new key and seal everything anew with it, also while the book is in use
    Key(Key),
    /// Erase somebody's numbers for good
    Person(Person),
    /// Rebuild what is derived from the events
    Rebuild(Rebuild),
    /// Prove that nobody bent the record of who did what
    Audit(Audit),
    /// Write the whole book into one file, also while it is in use
    Backup(Backup),
    /// Make a new database from a backup
    Restore(Restore),
    /// Say what is well and what is not, with the cure
    Doctor(Doctor),
}

#[derive(Debug, Args)]
pub(super) struct Init {
    #[arg(long, required = true, value_name = "CODE")]
    pub(super) county: Vec<String>,
    #[arg(long, value_name = "FILE.csv")]
    pub(super) divisions: PathBuf,
    #[arg(long, value_name = "NAME")]
    pub(super) pack: Option<String>,
    #[arg(long, value_name = "ZONE")]
    pub(super) time_zone: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Kind {
    Ledger,
    Households,
    Officers,
    Repayments,
    Undo,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Take {
    Good,
    AllOrNothing,
}

#[derive(Debug, Args)]
pub(super) struct Import {
    pub(super) kind: Kind,
    pub(super) file: PathBuf,
    #[arg(long)]
    pub(super) check: bool,
    #[arg(long, value_enum, default_value = "all-or-nothing")]
    pub(super) take: Take,
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(super) as_of: Option<Date>,
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(super) until: Option<Date>,
    #[arg(long, value_name = "NAME")]
    pub(super) layout: Option<String>,
    #[arg(long, value_name = "OUT.json")]
    pub(super) report: Option<PathBuf>,
    #[arg(long, value_name = "OUT.xlsx")]
    pub(super) rejects: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Form {
    Ledger,
    Balances,
    Households,
    Officers,
    Repayments,
}

#[derive(Debug, Args)]
pub(super) struct Template {
    pub(super) form: Form,
    pub(super) file: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Close {
    #[arg(long, value_name = "DAY", value_parser = day)]
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
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(super) date: Option<Date>,
    #[arg(long, value_name = "INSTANT")]
    pub(super) known_at: Option<jiff::Timestamp>,
    #[arg(long, value_enum, default_value = "township")]
    pub(super) by: By,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum What {
    Loans,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    pub(super) what: What,
    pub(super) file: PathBuf,
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(super) date: Option<Date>,
    #[arg(long, value_name = "INSTANT")]
    pub(super) known_at: Option<jiff::Timestamp>,
    #[arg(long, value_name = "REASON")]
    pub(super) unmask: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Demo {
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    pub(super) listen: SocketAddr,
    #[arg(long, default_value = "600", value_name = "N", value_parser = value_parser!(u32).range(1..=60_000))]
    pub(super) api_rate: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Job {
    Demo,
    Fill,
    Book,
    Close,
}

#[derive(Debug, Args)]
pub(super) struct Bench {
    #[arg(value_enum, default_value = "demo")]
    pub(super) job: Job,
    #[arg(long, default_value = "1000000", value_name = "N")]
    pub(super) loans: usize,
    #[arg(long, default_value = "7", value_name = "N")]
    pub(super) seed: u64,
    #[arg(long, value_name = "CODE")]
    pub(super) county: Vec<String>,
    #[arg(long, value_name = "FILE.csv")]
    pub(super) divisions: Option<PathBuf>,
    #[arg(long, default_value = "2026-06-17", value_name = "DAY", value_parser = day)]
    pub(super) due_on: Date,
    #[arg(long, value_name = "N")]
    pub(super) changing: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Act {
    List,
    Add,
    Reset,
    Disable,
    Enable,
    Give,
    Take,
}

#[derive(Debug, Args)]
pub(super) struct User {
    #[arg(value_enum)]
    pub(super) act: Act,
    pub(super) login: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<String>,
    #[arg(long, value_name = "ROLE")]
    pub(super) role: Option<String>,
    #[arg(long, value_name = "AREA")]
    pub(super) area: Option<String>,
    #[arg(long)]
    pub(super) password_stdin: bool,
    #[arg(long)]
    pub(super) second_factor_off: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TlsAct {
    Init,
    Renew,
}

#[derive(Debug, Args)]
pub(super) struct Certify {
    #[arg(value_enum)]
    pub(super) act: TlsAct,
    #[arg(long, default_value = "tls", env = "BANGFU_TLS", value_name = "FOLDER")]
    pub(super) tls: PathBuf,
    #[arg(long, value_name = "HOST")]
    pub(super) name: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TokenAct {
    List,
    Add,
    End,
}

#[derive(Debug, Args)]
pub(super) struct Token {
    #[arg(value_enum)]
    pub(super) act: TokenAct,
    pub(super) name: Option<String>,
    #[arg(long, value_name = "ROLE")]
    pub(super) role: Option<String>,
    #[arg(long, value_name = "AREA")]
    pub(super) area: Option<String>,
    #[arg(long, value_name = "SCOPE")]
    pub(super) scope: Vec<String>,
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(super) until: Option<Date>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum KeyAct {
    New,
    Rotate,
}

#[derive(Debug, Args)]
pub(super) struct Key {
    #[arg(value_enum)]
    pub(super) act: KeyAct,
    #[arg(long)]
    pub(super) prepare: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum PersonAct {
    Erase,
}

#[derive(Debug, Args)]
pub(super) struct Person {
    #[arg(value_enum)]
    pub(super) act: PersonAct,
    #[arg(long, value_name = "N")]
    pub(super) number: String,
    #[arg(long, value_name = "REASON")]
    pub(super) reason: String,
}

#[derive(Debug, Args)]
pub(super) struct Rebuild {
    #[arg(long)]
    pub(super) check: bool,
}

/// What is done with the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum AuditAct {
    Verify,
    Head,
}

#[derive(Debug, Args)]
pub(super) struct Audit {
    #[arg(value_enum)]
    pub(super) act: AuditAct,
    pub(super) file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Backup {
    pub(super) file: PathBuf,
    #[arg(long)]
    pub(super) with_key: bool,
}

#[derive(Debug, Args)]
pub(super) struct Restore {
    pub(super) file: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Doctor {
    #[arg(long, default_value = "127.0.0.1:8080", env = "BANGFU_LISTEN", value_name = "ADDRESS")]
    pub(super) listen: SocketAddr,
    #[command(flatten)]
    pub(super) reach: Reach,
}
