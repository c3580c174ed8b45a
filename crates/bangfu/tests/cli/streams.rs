//! Standard output: who stops reading early is no failure, and what cannot be written is one.

use std::process::Stdio;

use crate::desk::{Desk, demo};

#[test]
fn who_stops_reading_early_changes_no_exit_code() {
    let desk = Desk::sqlite();
    desk.init();
    let ledger = demo("yizhang/ledger.xlsx");
    let words = ["import", "ledger", ledger.to_str().unwrap(), "--check"];
    let mut child = desk.command(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "some rows are bad, whoever reads it");
}

#[test]
fn what_cannot_be_written_is_a_failure() {
    // Systems other than Linux have no stream that is always full.
    if !std::path::Path::new("/dev/full").exists() {
        return;
    }
    let desk = Desk::sqlite();
    desk.init();
    for words in [&["board"] as &[&str], &["board", "--json"], &["rebuild", "--check"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = desk.command(words).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("标准输出不能写入"), "{said}");
    }
}
