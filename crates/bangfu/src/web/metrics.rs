//! Numbers for Prometheus, in its text form. They tell of the program and its book, never of a person or a place.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

/// The upper bounds of the histogram's buckets: microseconds, and as Prometheus is told them, in seconds.
const BUCKETS: [(u64, &str); 11] = [
    (5_000, "0.005"),
    (10_000, "0.01"),
    (25_000, "0.025"),
    (50_000, "0.05"),
    (100_000, "0.1"),
    (250_000, "0.25"),
    (500_000, "0.5"),
    (1_000_000, "1"),
    (2_500_000, "2.5"),
    (5_000_000, "5"),
    (10_000_000, "10"),
];

/// Requests of one route, method and status.
#[derive(Debug, Default, Clone)]
struct Series {
    count: u64,
    micros: u64,
    /// How many took at most each bound.
    within: [u64; BUCKETS.len()],
}

#[derive(Debug, Default)]
struct Held {
    requests: BTreeMap<(String, &'static str, u16), Series>,
    /// Days closed by this process, how long that took, and closes that failed.
    days: u64,
    close_micros: u64,
    close_failures: u64,
    /// True while this process closes the days of a shared database.
    elected: bool,
}

/// What this process counts.
#[derive(Debug, Default, Clone)]
pub(crate) struct Metrics(Arc<Mutex<Held>>);

impl Metrics {
    fn with<T>(&self, work: impl FnOnce(&mut Held) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Counts an answer.
    pub(super) fn answered(&self, route: &str, method: &'static str, status: u16, micros: u64) {
        self.with(|held| {
            let series = held.requests.entry((route.to_owned(), method, status)).or_default();
            series.count += 1;
            series.micros += micros;
            for (within, (bound, _)) in series.within.iter_mut().zip(BUCKETS) {
                *within += u64::from(micros <= bound);
            }
        });
    }

    /// Counts a close of so many days.
    pub(crate) fn closed(&self, days: u64, micros: u64) {
        self.with(|held| {
            held.days += days;
            held.close_micros += micros;
        });
    }

    /// Counts a close that failed.
    pub(crate) fn close_failed(&self) {
        self.with(|held| held.close_failures += 1);
    }

    /// Notes whether this process is the one that closes.
    pub(crate) fn elect(&self, elected: bool) {
        self.with(|held| held.elected = elected);
    }

    /// What was counted, as Prometheus reads it.
    pub(super) fn write(&self, page: &mut Page) {
        self.with(|held| {
            page.head("bangfu_requests_total", "counter", "Requests answered, by route, method and status.");
            for ((route, method, status), series) in &held.requests {
                page.line("bangfu_requests_total", &labels(route, method, *status), series.count);
            }
            let name = "bangfu_request_seconds";
            page.head(name, "histogram", "How long answers took, by route, method and status.");
            for ((route, method, status), series) in &held.requests {
                let labels = labels(route, method, *status);
                for ((_, bound), within) in BUCKETS.iter().zip(series.within) {
                    page.line(&format!("{name}_bucket"), &format!("{labels},le=\"{bound}\""), within);
                }
                page.line(&format!("{name}_bucket"), &format!("{labels},le=\"+Inf\""), series.count);
                page.line(&format!("{name}_sum"), &labels, seconds(series.micros));
                page.line(&format!("{name}_count"), &labels, series.count);
            }
            page.one("bangfu_closed_days_total", "counter", "Days closed by this process.", held.days);
            let spent = "Seconds that this process spent closing days.";
            page.one("bangfu_close_seconds_total", "counter", spent, seconds(held.close_micros));
            let failed = "Closes of this process that failed.";
            page.one("bangfu_close_failures_total", "counter", failed, held.close_failures);
            let elected = "1 if this process is the one that closes days.";
            page.one("bangfu_closer", "gauge", elected, u8::from(held.elected));
        });
    }
}

fn labels(route: &str, method: &str, status: u16) -> String {
    format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"")
}

/// Microseconds in seconds.
pub(super) fn seconds(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

/// A page of numbers.
#[derive(Debug, Default)]
pub(super) struct Page(pub(super) String);

impl Page {
    /// What a name means.
    pub(super) fn head(&mut self, name: &str, kind: &str, help: &str) {
        self.0 += &format!("# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    /// A number under labels.
    pub(super) fn line(&mut self, name: &str, labels: &str, value: impl std::fmt::Display) {
        let labels = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
        // Writing to a text cannot fail.
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }

    /// A number that stands alone.
    pub(super) fn one(&mut self, name: &str, kind: &str, help: &str, value: impl std::fmt::Display) {
        self.head(name, kind, help);
        self.line(name, "", value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_route_and_fall_into_buckets() {
        let metrics = Metrics::default();
        for micros in [4_000, 5_000, 30_000, 60_000_000] {
            metrics.answered("/loans/{id}", "GET", 200, micros);
        }
        metrics.answered("/loans/{id}", "GET", 404, 1);
        let mut page = Page::default();
        metrics.write(&mut page);
        let labels = "route=\"/loans/{id}\",method=\"GET\",status=\"200\"";
        for line in [
            format!("bangfu_requests_total{{{labels}}} 4"),
            format!("bangfu_request_seconds_bucket{{{labels},le=\"0.005\"}} 2"),
            format!("bangfu_request_seconds_bucket{{{labels},le=\"0.05\"}} 3"),
            format!("bangfu_request_seconds_bucket{{{labels},le=\"10\"}} 3"),
            format!("bangfu_request_seconds_bucket{{{labels},le=\"+Inf\"}} 4"),
            format!("bangfu_request_seconds_sum{{{labels}}} 60.039000"),
            "bangfu_closed_days_total 0".to_owned(),
        ] {
            assert!(page.0.lines().any(|found| found == line), "{line} is not in\n{}", page.0);
        }
    }
}
