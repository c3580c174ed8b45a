//! A place in which the program is run.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_bangfu");

/// A file of the demo's books.
pub(crate) fn demo(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo").join(file)
}

/// A place to work in, with a database of its own.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
    pub(crate) database: String,
    /// Where keys of servers lie, if they lie in files and not in the variable.
    keys: Option<PathBuf>,
}

impl Desk {
    pub(crate) fn sqlite() -> Desk {
        Desk::at("sqlite:book.db")
    }

    /// A database of its own on the server of the stories, made by the server itself.
    pub(crate) async fn postgres() -> Desk {
        Desk::at(&bangfu_store::testing::fresh_postgres().await.unwrap())
    }

    /// Another place to work in, with the database of a first one.
    pub(crate) fn at(database: &str) -> Desk {
        Desk { folder: tempfile::tempdir().unwrap(), database: database.to_owned(), keys: None }
    }

    /// The same with its key in a file, wherever that lies, and its database named from anywhere.
    pub(crate) fn with_key_file(self) -> Desk {
        let database = match self.database.strip_prefix("sqlite:") {
            Some(file) => format!("sqlite:{}", self.path(file).display()),
            None => self.database.clone(),
        };
        Desk { keys: Some(self.path("keys")), database, ..self }
    }

    /// Another place to work in, with the database and the keys of this one.
    pub(crate) fn beside(&self) -> Desk {
        Desk { keys: self.keys.clone(), ..Desk::at(&self.database) }
    }

    /// The file in which the key lies.
    pub(crate) fn key_file(&self) -> PathBuf {
        let address = bangfu_store::Address::parse(&self.database).unwrap();
        let file = bangfu_store::key::file_of(&address);
        match (&address, &self.keys) {
            (bangfu_store::Address::Postgres(_), Some(keys)) => {
                keys.join("bangfu").join(file.file_name().unwrap())
            }
            _ => file,
        }
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// The program with its words, to be run here.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        self.command_of(Path::new(PROGRAM), words)
    }

    /// The same of another copy of the program.
    pub(crate) fn command_of(&self, program: &Path, words: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path()).env("BANGFU_DATABASE", &self.database).args(words);
        if let Some(keys) = &self.keys {
            command.env_remove(bangfu_store::key::KEY_VARIABLE).env("XDG_DATA_HOME", keys);
        }
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// Words that cannot be done: what is said of it.
    pub(crate) fn refused(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(output.stdout.is_empty(), "{words:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    /// Makes an empty book of Yizhang.
    pub(crate) fn init(&self) {
        let divisions = demo("divisions/yizhang.csv");
        let words = ["init", "--county", "431022", "--divisions", divisions.to_str().unwrap()];
        assert_eq!(self.code(&words), 0);
    }

    pub(crate) fn code(&self, words: &[&str]) -> i32 {
        self.run(words).status.code().unwrap()
    }

    pub(crate) fn json(&self, words: &[&str]) -> Value {
        let output = self.run(&[words, &["--json"]].concat());
        serde_json::from_slice(&output.stdout).unwrap()
    }
}
