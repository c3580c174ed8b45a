//! What a package brings along fits the program.

use std::path::{Path, PathBuf};

use crate::desk::Desk;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// The values of a key of the unit, in their order.
fn unit(key: &str) -> Vec<String> {
    let text = text("packaging/bangfu.service");
    let lines = text.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    lines.map(str::to_owned).collect()
}

#[test]
fn the_service_starts_what_the_package_installs_with_settings_that_are_understood() {
    let manifest: toml::Table = text("crates/bangfu/Cargo.toml").parse().unwrap();
    let deb = &manifest["package"]["metadata"]["deb"];
    let assets = deb["assets"].as_array().unwrap();
    let places: Vec<(&str, &str)> =
        assets.iter().map(|asset| (asset[0].as_str().unwrap(), asset[1].as_str().unwrap())).collect();
    for (from, _) in places.iter().filter(|(from, _)| !from.starts_with("target/")) {
        let path = root().join("crates/bangfu").join(from.trim_end_matches("*.csv"));
        assert!(path.exists(), "{from}");
    }
    let installs = |path: &str| {
        places.iter().any(|(from, to)| {
            let name = from.rsplit('/').next().unwrap();
            path == format!("/{to}") || path == format!("/{to}{name}")
        })
    };
    let started = unit("ExecStart");
    assert!(started.len() == 1 && installs(started[0].split(' ').next().unwrap()), "{started:?}");
    let settings =
        unit("Environment").into_iter().find_map(|set| Some(set.strip_prefix("BANGFU_CONFIG=")?.to_owned()));
    assert!(installs(&settings.unwrap()));
    // Whatever the scripts and the unit name is installed, or made by the unit or the scripts.
    let made = ["/etc/bangfu/environment", "/var/lib/bangfu", "/usr/sbin/nologin", "/dev/null"];
    for file in ["packaging/bangfu.service", "packaging/debian/postinst", "packaging/debian/postrm"] {
        let text = text(file);
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let words = lines.flat_map(|line| line.split([' ', '=', '"', '\'', ';', ')', '(', ':']));
        let roots = ["/etc/", "/usr/", "/var/", "/dev/"];
        let named = words.map(|word| word.trim_start_matches('-').trim_start_matches("//"));
        for path in named.filter(|word| roots.iter().any(|root| word.starts_with(root))) {
            assert!(installs(path) || made.contains(&path), "{file}: {path}");
        }
    }
    let config = root().join("packaging/bangfu.toml");
    let told = Desk::sqlite().run(&["doctor", "--json", "--config", config.to_str().unwrap()]);
    // There is no book: the doctor says so, and what it was told is understood.
    assert_eq!(told.status.code(), Some(1), "{}", String::from_utf8_lossy(&told.stderr));

    // The service waits longer than the program, keeps its book where it may write, and lets the child bind itself.
    let seconds: u64 = unit("TimeoutStopSec")[0].parse().unwrap();
    let example = text("docs/bangfu.example.toml");
    let own: u64 =
        example.lines().find_map(|line| line.strip_prefix("# stop_seconds = ")).unwrap().parse().unwrap();
    assert!(seconds > own, "{seconds} s and {own} s");
    assert_eq!(
        (unit("User"), unit("StateDirectory")),
        (vec!["bangfu".to_owned()], vec!["bangfu".to_owned()])
    );
    assert!(text("packaging/bangfu.toml").contains("sqlite:/var/lib/bangfu/"));
    assert!(text("packaging/debian/postinst").contains("/var/lib/bangfu"));
    assert!(
        unit("SystemCallFilter")
            .iter()
            .all(|filter| !filter.contains("~@resources") && !filter.contains(" @resources"))
    );
    for key in ["NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "RestrictNamespaces"] {
        assert_eq!(unit(key), ["yes"], "{key}");
    }
    assert_eq!(
        (unit("ProtectSystem"), unit("CapabilityBoundingSet")),
        (vec!["strict".to_owned()], vec![String::new()])
    );
}

#[test]
fn the_container_is_built_from_what_is_there_and_runs_as_nobody() {
    let text = text("Dockerfile");
    for line in text.lines().filter_map(|line| line.strip_prefix("COPY --from=build /src/")) {
        let from = line.split(' ').next().unwrap();
        assert!(from.starts_with("target/") || root().join(from).exists(), "{from}");
    }
    assert!(text.lines().any(|line| line == "USER 10001"));
    assert!(text.contains("--locked"));
}
