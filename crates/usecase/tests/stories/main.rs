//! Stories: what a county lives through, on SQLite and on PostgreSQL, on a fresh database each.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a story that cannot go on has failed")]

mod accounts;
mod amended;
mod answer_key;
mod any_book;
mod any_files;
mod backed_up;
mod broken_off;
mod built_on;
mod cells;
mod changes;
mod differences;
mod filled;
mod found;
mod kept;
mod late;
mod layouts;
mod lists;
mod mended;
mod names;
mod pages;
mod places;
mod repaid;
mod replaced;
mod rules;
mod second_factor;
mod seen;
mod slips;
mod stage;
mod system;
mod taken_back;
mod tokens;
mod writers;
