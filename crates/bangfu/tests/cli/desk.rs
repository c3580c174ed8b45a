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
}

impl Desk {
    pub(crate) fn sqlite() -> Desk {
        Desk { folder: tempfile::tempdir().unwrap(), database: "sqlite:book.db".to_owned() }
    }

    /// A database of its own on the server of the stories, made by the server itself.
    pub(crate) async fn postgres() -> Desk {
        let database = bangfu_store::testing::fresh_postgres().await.unwrap();
        Desk { folder: tempfile::tempdir().unwrap(), database }
    }

    /// Another place to work in, with the database of a first one.
    pub(crate) fn at(database: &str) -> Desk {
        Desk { folder: tempfile::tempdir().unwrap(), database: database.to_owned() }
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
