//! How the child that parses a stranger's file is held.
//!
//! On Linux the child binds itself before it looks at the file: so much memory, so many seconds of work, no file but
//! those it was given, and an end when its parent ends. On Windows a job object holds it from outside. Elsewhere the
//! parent's clock is the only bound.

/// The one thing in the child's environment: the allocator takes addresses in steps of so many kilobytes, else a
/// gigabyte at a time, which would be as much as the parser may have.
pub(crate) const ENVIRONMENT: (&str, &str) = ("MIMALLOC_ARENA_RESERVE", "65536");

/// Seconds of work that parsing a file may take: some for any file, more for each megabyte of it. A ledger of 200,000
/// rows, 20 MB, takes five on a slow machine.
#[cfg(target_os = "linux")]
const WORK_SECONDS: (u64, u64) = (10, 2);

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
        (Resource::Cpu, seconds),
        (Resource::Nofile, FILES),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
    ] {
        bound(resource, most)?;
    }
    Ok(())
}

/// How many bytes of addresses the process has taken before it reads anything: the program itself above all.
#[cfg(target_os = "linux")]
fn mapped() -> std::io::Result<u64> {
    let pages = std::fs::read_to_string("/proc/self/statm")?;
    let pages = pages.split_whitespace().next().and_then(|first| first.parse::<u64>().ok());
    let page = u64::try_from(rustix::param::page_size()).unwrap_or(4096);
    pages.map(|pages| pages * page).ok_or_else(|| std::io::Error::other("/proc/self/statm holds no number"))
}

/// Binds the process that calls it to the time that a file of so many bytes may take, and to no more than so many
/// seconds.
#[cfg(target_os = "linux")]
pub(crate) fn bind_time(bytes: usize, most: u64) -> std::io::Result<()> {
    let (any, each) = WORK_SECONDS;
    let megabytes = u64::try_from(bytes >> 20).unwrap_or(u64::MAX);
    bound(rustix::process::Resource::Cpu, megabytes.saturating_mul(each).saturating_add(any).min(most))
}

#[cfg(target_os = "linux")]
fn bound(resource: rustix::process::Resource, most: u64) -> std::io::Result<()> {
    use rustix::process::{Rlimit, getrlimit, setrlimit};
    // Whoever runs the program may have bound it closer already: a bound cannot be widened.
    let most = getrlimit(resource).maximum.map_or(most, |bound| bound.min(most));
    Ok(setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?)
}

/// Binds the time of the process that calls it: here its parent's clock does.
#[cfg(not(target_os = "linux"))]
pub(crate) fn bind_time(_bytes: usize, _most: u64) -> std::io::Result<()> {
    Ok(())
}

/// Binds the process that calls it: here its parent binds it.
#[cfg(not(target_os = "linux"))]
pub(crate) fn bind_self(_memory: u64, _seconds: u64) -> std::io::Result<()> {
    Ok(())
}

/// What holds a child from outside for as long as it stands.
#[cfg(windows)]
pub(crate) struct Hold(#[expect(dead_code, reason = "closing the job ends what is in it")] win32job::Job);

/// Holds a child from outside: so many bytes of working memory, and an end when its parent ends.
#[cfg(windows)]
pub(crate) fn hold(child: &tokio::process::Child, memory: u64) -> std::io::Result<Hold> {
    let mut limits = win32job::ExtendedLimitInfo::new();
    limits
        .limit_working_memory(1 << 20, usize::try_from(memory).unwrap_or(usize::MAX))
        .limit_kill_on_job_close();
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
pub(crate) fn hold(_child: &tokio::process::Child, _memory: u64) -> std::io::Result<Hold> {
    Ok(Hold)
}
