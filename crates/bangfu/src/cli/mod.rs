//! The command line: verbs, what they share, and exit codes.
//!
//! One JSON document or words for people go to standard output; progress and logs to standard error.

mod arguments;
mod audit;
mod backup;
mod bench;
mod board;
mod close;
mod demo;
mod doctor;
mod election;
mod export;
mod help;
mod import;
mod init;
mod key;
mod night;
mod openid;
mod person;
mod policy;
mod reach;
mod rebuild;
mod restore;
mod sending;
mod serve;
mod settings;
mod template;
pub(crate) mod terminal;
mod tls;
mod token;
mod typed;
mod undo;
mod user;

use std::process::ExitCode;

use bangfu_store::county::County;
use bangfu_store::{Address, Db};
use bangfu_usecase::adopt::{self, adopt_told, has_other_rules, refuse_without_pack, under_way};
use bangfu_usecase::import::Meter;
use bangfu_usecase::rulebook::in_force;
use clap::FromArgMatches;
use clap::parser::ValueSource;

use crate::app::{App, choose_county};
use crate::clock::{Clock, running};
use crate::log;
use crate::texts::Lang;
use crate::words;
use arguments::{Arguments, Verb};

/// What every verb is told.
pub(super) struct Desk {
    /// The database's address.
    pub(super) address: Address,
    /// Whether to print JSON.
    pub(super) json: bool,
    /// The language of words.
    pub(super) lang: Lang,
    /// The county, where the database keeps several.
    pub(super) county: Option<String>,
    /// The clock.
    pub(super) clock: Clock,
}

impl Desk {
    /// The book of the county that was named, to write in it. Its loans are judged by the rules of this start.
    pub(super) async fn app(&self) -> anyhow::Result<App> {
        let app = self.opened().await?;
        self.adopt(&app).await?;
        Ok(app)
    }

    /// The same, where nobody is to wait until all its loans are judged: the rules of this start are noted.
    pub(super) async fn app_at_once(&self) -> anyhow::Result<App> {
        let app = self.opened().await?;
        adopt::note(&app.db, &app.ctx("rules"), in_force()).await?;
        Ok(app)
    }

    async fn opened(&self) -> anyhow::Result<App> {
        let db = Db::open(&self.address).await.map_err(bangfu_usecase::Error::from)?;
        let county = choose_county(&db, self.county.as_deref()).await?;
        Ok(self.app_of(db, &county))
    }

    /// The book of the county that was named, to read in it, which a user may do who may not write.
    pub(super) async fn reader(&self) -> anyhow::Result<App> {
        let db = Db::open_to_read(&self.address).await.map_err(bangfu_usecase::Error::from)?;
        let county = choose_county(&db, self.county.as_deref()).await?;
        refuse_without_pack(&county, in_force())?;
        let app = self.app_of(db, &county);
        let mut tx = app.db.read().await.map_err(bangfu_usecase::Error::from)?;
        if has_other_rules(&mut tx, county.county_id, in_force(), app.today()).await? {
            terminal::note(self.text("cli-rules-differ"));
        }
        if let Some(at) = under_way(&mut tx, county.county_id).await? {
            let args = [("done", at.judged.to_string()), ("n", at.loans.to_string())];
            terminal::note(words::said(self.lang, "rules-under-way", &args));
        }
        drop(tx);
        Ok(app)
    }

    fn app_of(&self, db: Db, county: &County) -> App {
        let clock = if county.demo { demo::clock(county) } else { self.clock.clone() };
        App::new(db, clock, county)
    }

    /// Judges a book by the rules of this start, and says so where they are others than before.
    pub(super) async fn adopt(&self, app: &App) -> anyhow::Result<()> {
        let meter = Meter::timed(running);
        if let Some(done) = adopt_told(&app.db, &app.ctx("rules"), in_force(), &meter).await? {
            let args = [("n", done.changed.to_string())];
            terminal::note(words::said(self.lang, "cli-rules-changed", &args));
        }
        Ok(())
    }

    /// The bytes of a file that the user named.
    pub(super) fn file(&self, path: &std::path::Path) -> anyhow::Result<Vec<u8>> {
        std::fs::read(path).map_err(|error| {
            let args = [("file", path.display().to_string()), ("error", error.to_string())];
            anyhow::anyhow!(words::said(self.lang, "cli-file", &args))
        })
    }

    /// A text in the user's language.
    pub(super) fn text(&self, key: &str) -> String {
        self.lang.text(key)
    }
}

/// How long threads that were told to stop may take to hear it.
const LAST_WORDS: std::time::Duration = std::time::Duration::from_secs(3);

/// Nothing went wrong.
const DONE: u8 = 0;

/// The program could not do what it was told.
const FAILED: u8 = 2;

/// Reads the command line and does what it says.
pub(super) fn main() -> ExitCode {
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let lang = language(&words, &settings::Settings::default());
    let settings = match settings::Settings::told(lang, &words) {
        Ok(settings) => settings,
        Err(fault) => {
            terminal::note(fault);
            return ExitCode::from(FAILED);
        }
    };
    let lang = language(&words, &settings);
    let typed = help::told(lang, &settings).try_get_matches();
    let mut says_how_much = false;
    let arguments = match typed.and_then(|typed| {
        says_how_much = typed.value_source("log") != Some(ValueSource::DefaultValue);
        Arguments::from_arg_matches(&typed)
    }) {
        Ok(arguments) => arguments,
        Err(told) => {
            let failed = told.use_stderr();
            match typed::fault(lang, &told, &help::usage(lang, &words, &settings)) {
                Some(fault) => terminal::note(fault),
                // Nobody is left to tell if neither stream can be written to.
                None => drop(told.print()),
            }
            return ExitCode::from(if failed { FAILED } else { DONE });
        }
    };
    // The last line of a demo is its address: requests are not told below it unless asked for.
    let is_quiet = !says_how_much && matches!(arguments.verb, Verb::Demo(_));
    log::begin(if is_quiet { log::Level::Warn } else { arguments.log }, arguments.log_format);
    match run(arguments, lang) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            terminal::note(words::error(lang, &error));
            ExitCode::from(FAILED)
        }
    }
}

/// The language of words, which is wanted before the command line is read.
fn language(typed: &[String], settings: &settings::Settings) -> Lang {
    let after = typed.iter().position(|word| word == "--lang").and_then(|at| typed.get(at + 1));
    let joined = typed.iter().find_map(|word| word.strip_prefix("--lang="));
    let variable = std::env::var("BANGFU_LANG").ok();
    let word = joined.or(after.map(String::as_str)).or(variable.as_deref()).or(settings.get("lang"));
    word.and_then(Lang::from_key).unwrap_or_default()
}

fn run(arguments: Arguments, lang: Lang) -> anyhow::Result<u8> {
    // The doctor tells of packs that cannot be read instead of ending with them.
    let is_doctor = matches!(arguments.verb, Verb::Doctor(_));
    if let Some(folder) = arguments.policy.as_ref().filter(|_| !is_doctor) {
        policy::put_in_force(lang, folder)?;
    }
    let demo = matches!(arguments.verb, Verb::Demo(_));
    let default = if demo { "sqlite:bangfu-demo.db" } else { "sqlite:bangfu.db" };
    let text = arguments.database.as_deref().unwrap_or(default);
    let address = Address::parse(text).map_err(bangfu_usecase::Error::from)?;
    let desk = Desk { address, json: arguments.json, lang, county: arguments.book, clock: Clock::System };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(async {
        match arguments.verb {
            Verb::Init(asked) => init::run(&desk, &asked).await,
            Verb::Import(asked) => import::run(&desk, asked).await,
            Verb::Template(asked) => template::run(&desk, &asked).await,
            Verb::Close(asked) => close::run(&desk, &asked).await,
            Verb::Board(asked) => board::run(&desk, &asked).await,
            Verb::Export(asked) => export::run(&desk, &asked).await,
            Verb::Send(asked) => sending::run(&desk, &asked).await,
            Verb::Serve(asked) => serve::run(&desk, &asked).await,
            Verb::Demo(asked) => demo::run(&desk, &asked).await,
            Verb::Bench(asked) => bench::run(&desk, &asked).await,
            Verb::User(asked) => user::run(&desk, &asked).await,
            Verb::Token(asked) => token::run(&desk, &asked).await,
            Verb::Tls(asked) => tls::run(&desk, &asked),
            Verb::Key(asked) => key::run(&desk, &asked).await,
            Verb::Person(asked) => person::run(&desk, &asked).await,
            Verb::Rebuild(asked) => rebuild::run(&desk, &asked).await,
            Verb::Audit(asked) => audit::run(&desk, &asked).await,
            Verb::Backup(asked) => backup::run(&desk, &asked).await,
            Verb::Restore(asked) => restore::run(&desk, &asked).await,
            Verb::Doctor(asked) => doctor::run(&desk, &asked, arguments.policy.as_deref()).await,
        }
    });
    // What still reckons beside the requests was told to stop; nobody waits for it longer than this.
    runtime.shutdown_timeout(LAST_WORDS);
    done
}
