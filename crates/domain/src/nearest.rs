//! Which known names somebody can have meant who wrote one that nobody bears.

use crate::search::sound;
use crate::text::{pinyin_key, squeeze};

/// No more names than these are offered: whoever chooses reads them all.
pub const NEAREST_MAX: usize = 5;

/// A name that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known<'a> {
    /// As it is offered.
    pub name: &'a str,
    /// What of it is compared: 白石渡 of 白石渡村委会.
    pub core: &'a str,
    /// True if it is of the place of which the row speaks.
    pub here: bool,
}

/// How a name is like the one that was written, the likest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// The same.
    Same,
    /// It sounds the same: 白石度 for 白石渡.
    Sound,
    /// One contains the other: 石渡 for 白石渡.
    Within,
    /// They share a character or nearly sound the same.
    Somewhat,
    /// They have nothing in common.
    Nothing,
}

/// The names that can have been meant, the likest first, at most [`NEAREST_MAX`].
///
/// What is elsewhere is offered only if it is the same, sounds so, or contains what was written; of equally like names
/// those of the row's own place come first. What has nothing in common is offered only where nothing else is, and of that
/// place: it says what names there are.
pub fn nearest(written: &str, known: &[Known<'_>]) -> Vec<String> {
    let written = squeeze(written);
    let written_sound = sounds(&written);
    let mut ranked: Vec<_> = known
        .iter()
        .filter_map(|one| {
            let core = squeeze(one.core);
            let core_sound = sounds(&core);
            let away = strsim::damerau_levenshtein(&written, &core);
            let sound_away = strsim::damerau_levenshtein(&written_sound, &core_sound);
            let likeness = likeness(&written, &core, sound_away, core_sound.chars().count());
            let offered = one.here || likeness <= Likeness::Within;
            offered.then(|| (likeness, !one.here, away, sound_away, pinyin_key(one.name), one.name))
        })
        .collect();
    ranked.sort_unstable();
    let some = ranked.first().is_some_and(|(likeness, ..)| *likeness < Likeness::Nothing);
    ranked.retain(|(likeness, ..)| !some || *likeness < Likeness::Nothing);
    let mut names: Vec<String> = Vec::new();
    for (.., name) in ranked {
        if names.len() < NEAREST_MAX && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

fn likeness(written: &str, core: &str, sound_away: usize, sound_length: usize) -> Likeness {
    if written == core {
        Likeness::Same
    } else if sound_away == 0 {
        Likeness::Sound
    } else if !written.is_empty() && !core.is_empty() && (written.contains(core) || core.contains(written)) {
        Likeness::Within
    } else if core.chars().any(|c| written.contains(c)) || sound_away * 3 <= sound_length {
        Likeness::Somewhat
    } else {
        Likeness::Nothing
    }
}

fn sounds(text: &str) -> String {
    text.chars().map(sound).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(written: &str, here: &[&str], elsewhere: &[&str], offered: &[&str]) {
        let known = |names: &[&'static str], here| -> Vec<Known<'static>> {
            names.iter().map(|name| Known { name, core: name, here }).collect()
        };
        let leak = |names: &[&str]| -> Vec<&'static str> {
            names.iter().map(|name| &*Box::leak((*name).to_owned().into_boxed_str())).collect()
        };
        let mut all = known(&leak(elsewhere), false);
        all.extend(known(&leak(here), true));
        assert_eq!(nearest(written, &all), offered, "{written}");
    }

    #[test]
    fn the_likest_name_comes_first() {
        check("白石度", &["巩桥", "白石", "白石渡"], &[], &["白石渡", "白石"]);
        check("石渡", &["石桥", "白石渡"], &[], &["白石渡", "石桥"]);
        // One character is wrong, and one is missing and one too many: fewer changes come first.
        check("李家铺", &["李家坪", "李家大坪上"], &[], &["李家坪", "李家大坪上"]);
        check("巩桥", &["沙坪", "李家"], &["石桥"], &["李家", "沙坪"]);
        // Nothing is shared but nearly the sound.
        check("龚乔", &["沙坪", "巩桥"], &[], &["巩桥"]);
    }

    #[test]
    fn what_is_elsewhere_must_be_likelier_and_comes_second() {
        check("白石度", &["白石", "下坪"], &["白石渡", "白石寺"], &["白石渡", "白石"]);
        check("长冲", &["长冲口"], &["长冲"], &["长冲", "长冲口"]);
        check("长重", &["长充"], &["长冲"], &["长充"]);
        check("白石", &["白石渡"], &["白石铺"], &["白石渡", "白石铺"]);
    }

    #[test]
    fn no_more_than_five_are_offered_each_once() {
        let names = ["一村", "二村", "三村", "四村", "五村", "六村", "一村"];
        let known: Vec<Known<'_>> = names.iter().map(|name| Known { name, core: name, here: true }).collect();
        let offered = nearest("七村", &known);
        assert_eq!(offered.len(), NEAREST_MAX);
        assert_eq!(nearest("一村", &known)[0], "一村");
        assert!(nearest("", &[]).is_empty());
    }

    proptest! {
        #[test]
        fn the_order_of_what_is_known_does_not_matter(
            written in "[白石渡度村]{0,4}",
            mut names in proptest::collection::vec(("[白石渡度巩桥]{1,4}", any::<bool>()), 0..9),
        ) {
            let offer = |names: &[(String, bool)]| {
                let known: Vec<Known<'_>> =
                    names.iter().map(|(name, here)| Known { name, core: name, here: *here }).collect();
                nearest(&written, &known)
            };
            let one = offer(&names);
            names.reverse();
            prop_assert_eq!(&one, &offer(&names));
            prop_assert!(one.len() <= NEAREST_MAX);
        }
    }
}
