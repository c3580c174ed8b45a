//! Texts for people, in Chinese and English: Fluent messages, numbers, money and dates.
//!
//! The floors below return codes with typed parameters; every door renders them here.

mod format;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::LazyLock;

use bangfu_domain::policy::Words;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// The language of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Lang {
    /// Chinese, the default.
    #[default]
    Zh,
    /// English.
    En,
}

/// A parameter of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// Shown as it is.
    Text(Cow<'a, str>),
    /// Shown with thousands separators; chooses between singular and plural.
    Number(i64),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Value::Text(Cow::Owned(text))
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Value::Number(number)
    }
}

impl From<u64> for Value<'_> {
    fn from(number: u64) -> Self {
        Value::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

type Bundle = FluentBundle<FluentResource>;

const ZH: &str = include_str!("../texts/zh.ftl");
const EN: &str = include_str!("../texts/en.ftl");

static ZH_BUNDLE: LazyLock<Bundle> = LazyLock::new(|| bundle(Lang::Zh, ZH));
static EN_BUNDLE: LazyLock<Bundle> = LazyLock::new(|| bundle(Lang::En, EN));

fn bundle(lang: Lang, source: &str) -> Bundle {
    let language: LanguageIdentifier = lang.tag().parse().expect("invariant: a language tag");
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // The marks that isolate right-to-left text would end up in addresses, exports and comparisons.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(number) => Some(format::grouped(number.value as i64)),
        _ => None,
    }));
    // The texts are compiled in and a test parses them: what a faulty line loses shows as its key.
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, _)| resource);
    bundle.add_resource_overriding(resource);
    bundle
}

impl Lang {
    /// Both languages.
    pub(crate) const ALL: [Lang; 2] = [Lang::Zh, Lang::En];

    /// The word on the command line and in the cookie: `zh` or `en`.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Lang::Zh => "zh",
            Lang::En => "en",
        }
    }

    /// The language with that word.
    pub(crate) fn from_key(key: &str) -> Option<Lang> {
        Self::ALL.into_iter().find(|lang| lang.key() == key)
    }

    /// The language tag of a page.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        }
    }

    /// Its own name for itself.
    pub(crate) const fn own_name(self) -> &'static str {
        match self {
            Lang::Zh => "中文",
            Lang::En => "English",
        }
    }

    /// A pack's words in this language.
    pub(crate) fn of(self, words: &Words) -> &str {
        match self {
            Lang::Zh => &words.zh,
            Lang::En => &words.en,
        }
    }

    /// The text of a key. An unknown key shows itself, so that nothing disappears unseen.
    pub(crate) fn text(self, key: &str) -> String {
        self.find(key, &[]).unwrap_or_else(|| key.to_owned())
    }

    /// The text of a key with parameters.
    pub(crate) fn text_with(self, key: &str, values: &[(&str, Value<'_>)]) -> String {
        self.find(key, values).unwrap_or_else(|| key.to_owned())
    }

    /// The text of a key, if there is one.
    pub(crate) fn find(self, key: &str, values: &[(&str, Value<'_>)]) -> Option<String> {
        let bundle = match self {
            Lang::Zh => &*ZH_BUNDLE,
            Lang::En => &*EN_BUNDLE,
        };
        let pattern = bundle.get_message(key)?.value()?;
        let mut args = FluentArgs::new();
        for (name, value) in values {
            match value {
                Value::Text(text) => args.set(*name, text.as_ref()),
                Value::Number(number) => args.set(*name, *number),
            }
        }
        let mut faults = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&args), &mut faults).into_owned();
        debug_assert!(faults.is_empty(), "message {key}: {faults:?}");
        Some(text)
    }
}
