//! Stories: what a county lives through, on SQLite and on PostgreSQL, on a fresh database each.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a story that cannot go on has failed")]

mod accounts;
mod answer_key;
mod any_book;
mod any_files;
mod backed_up;
mod broken_off;
mod built_on;
mod cells;
mod differences;
mod erased;
mod filled;
mod found;
mod granted;
mod kept;
mod late;
mod layouts;
mod lists;
mod mended;
mod names;
mod pages;
mod places;
mod repaid;
mod rotated;
mod rules;
mod seen;
mod slips;
mod stage;
mod taken_back;
mod unmasked;
mod writers;
