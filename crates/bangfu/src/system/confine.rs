//! How the child that parses a stranger's file is held.
//!
//! On Linux the child binds itself before it looks at the file: so much memory, so many seconds of work, no file but
//! those it was given, and an end when its parent ends. Elsewhere it binds its memory as it asks for it (`memory`), and
//! the parent's clock its time; on Windows a job object ends it with its parent.

use std::process::ExitStatus;

/// The one thing in the child's environment: the allocator takes addresses in steps of so many kilobytes, else a
/// gigabyte at a time, which would be as much as the parser may have.
pub(crate) const ENVIRONMENT: (&str, &str) = ("MIMALLOC_ARENA_RESERVE", "65536");

/// Parts of the seconds of work that a file may take at most: so many of so many for any file, and one more for each
/// megabyte of it. A ledger of 200,000 rows, 20 MB, takes five seconds on a slow machine.
const WORK: (u64, u64) = (5, 30);

/// Seconds of work that a file of so many bytes may take, where the largest may take so many.
pub(crate) fn seconds_of(bytes: usize, most: u64) -> u64 {
    let (any, all) = WORK;
    let parts = u64::try_from(bytes >> 20).unwrap_or(u64::MAX).saturating_add(any).min(all);
    most.saturating_mul(parts).div_ceil(all)
}

/// How far whoever works stands before a parser when there is too little of the machine for both.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Standard input, output and error: nothing else can be opened, no socket either.
#[cfg(target_os = "linux")]
const FILES: u64 = 3;

/// Binds the process that calls it to so many bytes of memory and seconds of work. It must not touch a stranger's file if
/// this fails.
#[cfg(target_os = "linux")]
pub(crate) fn bind_self(memory: u64, seconds: u64) -> std::io::Result<()> {
    use rustix::process::{Resource, Signal, nice, set_parent_process_death_signal};
    set_parent_process_death_signal(Some(Signal::KILL))?;
    nice(NICENESS)?;
    for (resource, most) in [
        (Resource::As, mapped()?.saturating_add(memory)),
        (Resource::Nofile, FILES),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
    ] {
        bound(resource, most, most)?;
    }
    // A second before it kills the process, the system ends it with a signal that tells why.
    bound(Resource::Cpu, seconds, seconds.saturating_add(1))
}

/// How many bytes of addresses the process has taken before it reads anything: the program itself above all.
#[cfg(target_os = "linux")]
fn mapped() -> std::io::Result<u64> {
    let pages = std::fs::read_to_string("/proc/self/statm")?;
    let pages = pages.split_whitespace().next().and_then(|first| first.parse::<u64>().ok());
    let page = u64::try_from(rustix::param::page_size()).unwrap_or(4096);
    pages.map(|pages| pages * page).ok_or_else(|| std::io::Error::other("/proc/self/statm holds no number"))
}

#[cfg(target_os = "linux")]
fn bound(resource: rustix::process::Resource, most: u64, last: u64) -> std::io::Result<()> {
    use rustix::process::{Rlimit, getrlimit, setrlimit};
    // Whoever runs the program may have bound it closer already: a bound cannot be widened.
    let widest = getrlimit(resource).maximum;
    let within = |most: u64| Some(widest.map_or(most, |widest| widest.min(most)));
    Ok(setrlimit(resource, Rlimit { current: within(most), maximum: within(last) })?)
}

/// Binds the process that calls it to so many bytes of memory: its time its parent's clock binds.
#[cfg(not(target_os = "linux"))]
pub(crate) fn bind_self(memory: u64, _seconds: u64) -> std::io::Result<()> {
    super::memory::bind(memory)
}

/// How the system ended a child that did not end by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux tells"))]
pub(crate) enum End {
    /// Its seconds of work were over.
    TimeIsUp,
    /// Somebody ended it: the system does where no memory is left.
    Killed,
    /// It broke.
    Broke,
}

/// How a child ended that said nothing of it.
#[cfg(target_os = "linux")]
pub(crate) fn end_of(status: ExitStatus) -> End {
    use std::os::unix::process::ExitStatusExt;

    use rustix::process::Signal;
    match status.signal() {
        Some(signal) if signal == Signal::XCPU.as_raw() => End::TimeIsUp,
        Some(signal) if signal == Signal::KILL.as_raw() => End::Killed,
        _ => End::Broke,
    }
}

/// How a child ended that said nothing of it: here the system does not tell.
#[cfg(not(target_os = "linux"))]
pub(crate) fn end_of(_status: ExitStatus) -> End {
    End::Broke
}

/// What holds a child from outside for as long as it stands.
#[cfg(windows)]
pub(crate) struct Hold(#[expect(dead_code, reason = "closing the job ends what is in it")] win32job::Job);

/// Holds a child from outside: it ends when its parent ends.
#[cfg(windows)]
pub(crate) fn hold(child: &tokio::process::Child) -> std::io::Result<Hold> {
    let mut limits = win32job::ExtendedLimitInfo::new();
    limits.limit_kill_on_job_close();
    let job = win32job::Job::create_with_limit_info(&limits).map_err(std::io::Error::other)?;
    if let Some(handle) = child.raw_handle() {
        job.assign_process(handle as isize).map_err(std::io::Error::other)?;
    }
    Ok(Hold(job))
}

/// What holds a child from outside: here it binds itself.
#[cfg(not(windows))]
pub(crate) struct Hold;

/// Holds a child from outside: here it binds itself.
#[cfg(not(windows))]
pub(crate) fn hold(_child: &tokio::process::Child) -> std::io::Result<Hold> {
    Ok(Hold)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_scales_the_time_of_every_file() {
        let megabytes = |count: usize| count << 20;
        assert_eq!(seconds_of(0, 60), 10);
        assert_eq!((seconds_of(megabytes(3), 60), seconds_of(megabytes(3), 600)), (16, 160));
        assert_eq!((seconds_of(megabytes(25), 60), seconds_of(megabytes(64), 60)), (60, 60));
        assert_eq!((seconds_of(0, 1), seconds_of(usize::MAX, 3600)), (1, 3600));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn time_that_is_up_is_told_from_a_kill_and_from_a_break() {
        let end = |signal: &str| {
            let kill = format!("kill -{signal} $$");
            end_of(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap())
        };
        assert_eq!((end("XCPU"), end("KILL")), (End::TimeIsUp, End::Killed));
        assert_eq!((end("SEGV"), end("ABRT")), (End::Broke, End::Broke));
    }
}
