//! Settings from a file: one TOML file names what `serve` could be told by an option or a variable. What is typed holds
//! before a variable, a variable before the file, the file before what the program takes by itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Arg, Command, CommandFactory};
use toml::{Spanned, Value};

use super::arguments::Arguments;
use crate::texts::Lang;
use crate::words::said;

/// The variable that names the file.
const VARIABLE: &str = "BANGFU_CONFIG";

/// The verb whose options may stand in the file, besides those that every verb knows.
const VERB: &str = "serve";

/// What is no setting of a program that runs: it tells where the file is or how one run answers.
const NONE: [&str; 5] = ["config", "json", "help", "version", "book"];

/// How unlike a key may be to one that exists so that this one is offered.
const LIKENESS_MIN: usize = 3;

/// The settings of a file.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// By the name of the option.
    values: BTreeMap<String, String>,
}

impl Settings {
    /// The settings of the file that is named on the command line or by the variable; none where none is.
    pub(super) fn told(lang: Lang, typed: &[String]) -> anyhow::Result<Settings> {
        let after = typed.iter().position(|word| word == "--config").and_then(|at| typed.get(at + 1));
        let joined = typed.iter().find_map(|word| word.strip_prefix("--config="));
        let variable = std::env::var(VARIABLE).ok().filter(|value| !value.is_empty());
        let file = joined.map(str::to_owned).or(after.cloned()).or(variable);
        match file.map(PathBuf::from) {
            None => Ok(Settings::default()),
            Some(file) => {
                let text = std::fs::read_to_string(&file).map_err(|error| {
                    let args = [("file", file.display().to_string()), ("error", error.to_string())];
                    anyhow::anyhow!(said(lang, "cli-file", &args))
                })?;
                Settings::read(lang, &file, &text)
            }
        }
    }

    /// Reads the text of a file.
    fn read(lang: Lang, file: &Path, text: &str) -> anyhow::Result<Settings> {
        let line = |at: usize| text[..at.min(text.len())].matches('\n').count() + 1;
        let at = |place: usize| format!("{}:{}", file.display(), line(place));
        let table: BTreeMap<Spanned<String>, Spanned<Value>> = toml::from_str(text).map_err(|fault| {
            let args = [
                ("place", at(fault.span().map_or(0, |span| span.start))),
                ("why", fault.message().to_owned()),
            ];
            anyhow::anyhow!(said(lang, "cli-settings-form", &args))
        })?;
        let known = all();
        let mut settings = Settings::default();
        for (key, value) in table {
            let (place, key) = (at(key.span().start), key.into_inner());
            let option = key.replace('_', "-");
            if key.contains('-') || !known.iter().any(|one| one.get_id().as_str() == key) {
                let args = [("place", place), ("key", key.clone())];
                anyhow::bail!(match nearest(&key, &known) {
                    Some(meant) => {
                        let [place, key] = args;
                        said(lang, "cli-settings-meant", &[place, key, ("meant", meant)])
                    }
                    None => said(lang, "cli-settings-unknown", &args),
                });
            }
            let value = match value.into_inner() {
                Value::String(text) => text,
                Value::Integer(number) => number.to_string(),
                Value::Boolean(flag) => flag.to_string(),
                // A list of nothing sets nothing.
                Value::Array(words) if words.is_empty() => continue,
                Value::Array(words) if words.iter().all(Value::is_str) => {
                    words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")
                }
                other => {
                    let args = [("place", place), ("key", key), ("value", other.to_string())];
                    anyhow::bail!(said(lang, "cli-settings-value", &args));
                }
            };
            if !is_understood(&option, &value) {
                let args = [("place", place), ("key", key), ("value", value)];
                anyhow::bail!(said(lang, "cli-settings-value", &args));
            }
            settings.values.insert(key, value);
        }
        Ok(settings)
    }

    /// What a setting says, for who must know it before the command line is read.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    /// Makes the settings what the program takes where nothing else is said.
    pub(super) fn put_into(&self, command: Command) -> Command {
        let put = |command: Command, own: &dyn Fn(&Arg) -> bool| {
            command.mut_args(|argument| match self.values.get(argument.get_id().as_str()) {
                Some(value) if own(&argument) => argument.default_value(value.clone()),
                _ => argument,
            })
        };
        let command = put(command, &is_global);
        // What looks at the server's files, or makes them, is told the same.
        [VERB, "doctor", "tls", "send"]
            .iter()
            .fold(command, |command, verb| command.mut_subcommand(verb, |verb| put(verb, &|_| true)))
    }
}

/// Every argument that may stand in a file, in the order in which they are declared.
fn all() -> Vec<Arg> {
    let command = Arguments::command();
    let verb = command.find_subcommand(VERB).map(|verb| verb.get_arguments().cloned().collect::<Vec<_>>());
    let everywhere = command.get_arguments().filter(|argument| is_global(argument)).cloned();
    everywhere
        .chain(verb.unwrap_or_default())
        .filter(|argument| !NONE.contains(&argument.get_id().as_str()))
        .collect()
}

fn is_global(argument: &Arg) -> bool {
    argument.is_global_set()
}

/// True if the program understands the value as that of the option.
fn is_understood(option: &str, value: &str) -> bool {
    let quiet = |argument: Arg| argument.env(None::<&'static str>);
    let command = Arguments::command().mut_args(quiet).mut_subcommand(VERB, |verb| verb.mut_args(quiet));
    command.try_get_matches_from(["bangfu", VERB, &format!("--{option}={value}")]).is_ok()
}

/// The key that was meant.
fn nearest(key: &str, known: &[Arg]) -> Option<String> {
    let names = known.iter().map(|argument| argument.get_id().as_str());
    let distance = |name: &&str| strsim::damerau_levenshtein(&key.replace('-', "_"), name);
    let near = names.min_by_key(distance)?;
    (distance(&near) <= LIKENESS_MIN.max(near.len() / 2)).then(|| near.to_owned())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use clap::FromArgMatches;

    use super::*;
    use crate::cli::arguments::Verb;

    const EXAMPLE: &str = include_str!("../../../../docs/bangfu.example.toml");

    /// What the example must say: each setting with its help in both languages, its variable and what holds without it.
    fn example() -> String {
        let mut text = "# bangfu：全部设置。本文件由测试与程序核对；每一项都写着不设时的值。\n\
            # All settings of bangfu. A test holds this file against the program; each line says what holds without it.\n\
            #\n\
            # bangfu serve --config FILE，或 BANGFU_CONFIG=FILE。命令行 > 环境变量 > 本文件 > 默认值。\n\
            # The command line holds before variables, variables before this file, this file before the defaults.\n\
            # 密钥不写在这里：放在数据库旁的 .key 文件，或环境变量 BANGFU_KEY。\n\
            # The key never stands here: it lies beside the database, or in BANGFU_KEY.\n"
            .to_owned();
        for argument in all() {
            let key = argument.get_id().as_str();
            let help = |lang: Lang| {
                let option = key.replace('_', "-");
                let own = lang.find(&format!("help-{VERB}-{option}"), &[]);
                own.or_else(|| lang.find(&format!("help-{option}"), &[])).unwrap()
            };
            let defaults: Vec<_> =
                argument.get_default_values().iter().map(|one| one.to_str().unwrap()).collect();
            let variable = argument.get_env().map(|name| name.to_str().unwrap()).unwrap();
            let choices = argument.get_possible_values();
            let choices: Vec<&str> = choices.iter().map(clap::builder::PossibleValue::get_name).collect();
            write!(text, "\n# {}\n# {}\n# {variable}", help(Lang::Zh), help(Lang::En)).unwrap();
            if !choices.is_empty() {
                write!(text, "; {}", choices.join(" | ")).unwrap();
            }
            let value = match defaults.first() {
                Some(number) if number.parse::<i64>().is_ok() => (*number).to_owned(),
                Some(word) => format!("\"{word}\""),
                None => {
                    let sample = SAMPLES.iter().find(|(name, _)| *name == key).unwrap().1;
                    match argument.get_value_delimiter() {
                        Some(between) => format!("[\"{}\"]", sample.replace(between, "\", \"")),
                        None => format!("\"{sample}\""),
                    }
                }
            };
            writeln!(text, "\n# {key} = {value}").unwrap();
        }
        text
    }

    /// What stands in the example for settings that are none unless set.
    const SAMPLES: [(&str, &str); 27] = [
        ("database", "sqlite:bangfu.db"),
        ("lang", "zh"),
        ("policy", "policy"),
        ("metrics", "127.0.0.1:9464"),
        ("tls", "/var/lib/bangfu/tls"),
        ("tls_certificate", "/etc/bangfu/certificate.pem"),
        ("tls_key", "/etc/bangfu/key.pem"),
        ("proxy", "127.0.0.1,10.0.0.0/8"),
        ("second_factor", "administrator,supervisor"),
        ("openid_issuer", "https://id.example.gov.cn/realms/county"),
        ("openid_client", "bangfu"),
        ("openid_secret_file", "/etc/bangfu/openid-secret"),
        ("openid_pages", "https://bangfu.example.gov.cn:8443"),
        ("openid_label_zh", "用统一身份认证登录"),
        ("openid_label_en", "Sign in with the identity service"),
        ("openid_authority", "/etc/bangfu/openid-ca.pem"),
        ("pages", "https://bangfu.example.gov.cn:8443"),
        ("smtp_server", "mail.example.gov.cn"),
        ("smtp_port", "587"),
        ("smtp_login", "bangfu"),
        ("smtp_password_file", "/etc/bangfu/smtp-password"),
        ("smtp_from", "bangfu@example.gov.cn"),
        ("sms_file", "/etc/bangfu/sms.toml"),
        ("send_hosts", "qyapi.weixin.qq.com,oapi.dingtalk.com"),
        ("send_authority", "/etc/bangfu/send-ca.pem"),
        ("unmask_per_day", "30"),
        ("access_hours_max", "24"),
    ];

    #[test]
    fn the_example_names_every_setting_and_no_other() {
        let example = example();
        if std::env::var_os("BANGFU_WRITE_EXAMPLE").is_some() {
            let place = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/bangfu.example.toml");
            std::fs::write(place, &example).unwrap();
        }
        assert_eq!(EXAMPLE, example, "BANGFU_WRITE_EXAMPLE=1 writes it anew");
        // Every line of it may be taken into use.
        let used: String = EXAMPLE
            .lines()
            .filter_map(|line| line.strip_prefix("# ").filter(|rest| rest.contains(" = ")))
            .map(|line| format!("{line}\n"))
            .collect();
        let settings = Settings::read(Lang::En, Path::new("example"), &used).unwrap();
        assert_eq!(settings.values.len(), all().len());
    }

    fn serve(settings: &str, words: &[&str]) -> (Arguments, super::super::arguments::Serve) {
        let settings = Settings::read(Lang::En, Path::new("a.toml"), settings).unwrap();
        let quiet = |argument: Arg| argument.env(None::<&'static str>);
        let command = Arguments::command().mut_args(quiet).mut_subcommand(VERB, |verb| verb.mut_args(quiet));
        let words = [&["bangfu", "serve"], words].concat();
        let typed = settings.put_into(command).try_get_matches_from(words).unwrap();
        let mut arguments = Arguments::from_arg_matches(&typed).unwrap();
        let idle = Verb::Rebuild(super::super::arguments::Rebuild { check: true });
        let Verb::Serve(serve) = std::mem::replace(&mut arguments.verb, idle) else { panic!("another verb") };
        (arguments, *serve)
    }

    #[test]
    fn what_the_package_starts_is_understood() {
        let packaging = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging");
        let text = |file: &str| std::fs::read_to_string(packaging.join(file)).unwrap();
        let unit = text("bangfu.service");
        let words: Vec<&str> = unit
            .lines()
            .find_map(|line| line.strip_prefix("ExecStart="))
            .unwrap()
            .split_whitespace()
            .collect();
        assert_eq!(words[..2], ["/usr/bin/bangfu", VERB]);
        let (arguments, own) = serve(&text("bangfu.toml"), &words[2..]);
        assert_eq!(arguments.database.as_deref(), Some("sqlite:/var/lib/bangfu/bangfu.db"));
        assert!(own.listen.ip().is_loopback(), "encrypted by nobody, it serves its own machine alone");
    }

    #[test]
    fn what_is_typed_holds_before_the_file() {
        let file = "database = \"sqlite:a.db\"\nlisten = \"127.0.0.1:9000\"\nupload_mb = 7\n";
        let (arguments, own) = serve(file, &[]);
        assert_eq!(arguments.database.as_deref(), Some("sqlite:a.db"));
        assert_eq!((own.listen.port(), own.uploads.upload_mb, own.uploads.upload_parsers), (9000, 7, 2));
        let (arguments, own) = serve(file, &["--database", "sqlite:b.db", "--upload-mb", "8"]);
        assert_eq!(arguments.database.as_deref(), Some("sqlite:b.db"));
        assert_eq!((own.listen.port(), own.uploads.upload_mb), (9000, 8));
    }

    #[test]
    fn a_list_is_written_as_a_list() {
        let of =
            |text: &str| serve(text, &[]).1.reach.proxy.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(of("proxy = [\"127.0.0.1\", \"::1\"]"), ["127.0.0.1", "::1"]);
        assert_eq!(of("proxy = \"10.0.0.5\""), ["10.0.0.5"]);
        assert_eq!(of("proxy = [\"10.0.0.0/8\", \"::1/128\"]"), ["10.0.0.0/8", "::1"]);
        assert_eq!(of("proxy = []"), [""; 0]);
    }

    #[test]
    fn a_slip_in_the_file_is_told_with_its_place_and_what_was_meant() {
        let fault = |text: &str| Settings::read(Lang::En, Path::new("a.toml"), text).unwrap_err().to_string();
        let unknown = fault("\nuplod_mb = 3\n");
        assert!(unknown.contains("a.toml:2") && unknown.contains("upload_mb"), "{unknown}");
        assert!(fault("close-at = \"02:00\"").contains("close_at"));
        assert!(fault("nothing_of_the_kind_at_all = 1").contains("a.toml:1"));
        let value = fault("listen = \"here\"");
        assert!(value.contains("listen") && value.contains("here"), "{value}");
        assert!(fault("upload_mb = 0").contains("upload_mb"));
        assert!(fault("upload_mb = [1]").contains("upload_mb"));
        assert!(fault("second_factor = [\"clerk\"]").contains("second_factor"));
        assert!(fault("proxy = [\"127.0.0.1\", \"nginx\"]").contains("proxy"));
        assert!(fault("upload_mb = 1\nupload_mb = ").contains("a.toml:2"));
        assert!(fault("config = \"b.toml\"").contains("config"), "a file names no other file");
    }
}
