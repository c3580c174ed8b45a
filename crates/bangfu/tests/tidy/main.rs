//! Rules of the house that the compiler does not check.
//!
//! Every rule is a pure function from files to complaints, so that `samples.rs` can show each of them a bad
//! house and see it complain. Here they look at the repository itself.

mod documents;
mod families;
mod floors;
mod house;
mod privacy;
mod samples;
mod scope;
mod screen;
mod texts;

use house::{House, Rule};

/// Every rule, by name.
const RULES: &[(&str, Rule)] = &[
    ("a Rust file has at most 400 lines", floors::files_are_short),
    ("module names say what is inside", floors::names_mean_something),
    ("each crate depends only on what its floor may know", floors::floors_know_their_place),
    ("SQL is text in crates/store", floors::sql_lives_in_store),
    ("no floating point near money", floors::money_is_never_floating),
    ("time is an argument", floors::time_is_an_argument),
    ("one place knows the operating system", floors::one_place_knows_the_system),
    ("files from outside are parsed in a child", floors::one_place_parses_files),
    ("doors read within a scope", scope::doors_read_within_a_scope),
    ("an exception from a lint says why", floors::exceptions_say_why),
    ("both databases have the same migrations", floors::migrations_are_twins),
    ("migrations use what both databases understand", floors::migrations_are_plain),
    ("every template is used", screen::templates_are_used),
    ("every vendored file is listed", screen::vendored_files_are_listed),
    ("both languages have the same texts", screen::languages_are_equal),
    ("texts that are asked for are there", texts::texts_are_there),
    ("texts that are there are shown", texts::texts_are_used),
    ("the screen speaks as the office does", screen::words_are_those_of_the_office),
    ("pages ask nothing of other machines", screen::pages_stay_here),
    ("no machine's paths, no registry's hosts", privacy::text_is_at_home_anywhere),
    ("identity numbers are nobody's", privacy::identity_numbers_are_nobodys),
    ("the map names what exists", documents::map_is_true),
    ("the documents are there", documents::documents_exist),
];

#[test]
fn the_house_is_tidy() {
    let house = House::of_this_repository();
    assert!(house.files.len() > 100, "the repository was not found: {} files", house.files.len());
    let mut complaints = Vec::new();
    for (name, rule) in RULES {
        for complaint in rule(&house) {
            complaints.push(format!("{name}: {complaint}"));
        }
    }
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}
