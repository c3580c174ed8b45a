//! What the machine tells of itself. `None` where it tells nothing.

#[cfg(target_os = "linux")]
use std::path::Path;
use std::path::PathBuf;

/// This program, to be started once more: the one that runs, also where another has taken its place on the disk since, as
/// an upgrade does.
#[cfg(target_os = "linux")]
pub(crate) fn program() -> std::io::Result<PathBuf> {
    let running = PathBuf::from("/proc/self/exe");
    if running.exists() { Ok(running) } else { std::env::current_exe() }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn program() -> std::io::Result<PathBuf> {
    std::env::current_exe()
}

/// The machine's name.
pub(crate) fn name() -> Option<String> {
    // A service may not see the first of these.
    let files = ["/proc/sys/kernel/hostname", "/etc/hostname"];
    let told = files.into_iter().find_map(|file| std::fs::read_to_string(file).ok());
    let told = told.or_else(|| std::env::var("COMPUTERNAME").ok());
    told.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// Bytes that this user may still write where a file or a folder lies.
#[cfg(target_os = "linux")]
pub(crate) fn free_bytes(place: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(place).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

/// Files and connections that the process may have open.
#[cfg(target_os = "linux")]
pub(crate) fn files_max() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

/// Whether others than its owner and the owner's group may read a file.
#[cfg(target_os = "linux")]
pub(crate) fn others_may_read(file: &Path) -> Option<bool> {
    use std::os::unix::fs::PermissionsExt;
    Some(std::fs::metadata(file).ok()?.permissions().mode() & 0o004 != 0)
}

/// Bytes of memory that the process has.
#[cfg(target_os = "linux")]
pub(crate) fn resident_bytes() -> Option<u64> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = pages.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * u64::try_from(rustix::param::page_size()).ok()?)
}

/// Files and connections that the process has open.
#[cfg(target_os = "linux")]
pub(crate) fn files_open() -> Option<u64> {
    u64::try_from(std::fs::read_dir("/proc/self/fd").ok()?.count()).ok()
}

/// Whether the system has set its clock by others'.
#[cfg(target_os = "linux")]
pub(crate) fn clock_is_set() -> Option<bool> {
    // What keeps the clock on most systems leaves this file when it has.
    Path::new("/run/systemd/timesync")
        .exists()
        .then(|| Path::new("/run/systemd/timesync/synchronized").exists())
}

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use std::path::Path;

    pub(crate) fn free_bytes(_place: &Path) -> Option<u64> {
        None
    }

    pub(crate) fn files_max() -> Option<u64> {
        None
    }

    pub(crate) fn others_may_read(_file: &Path) -> Option<bool> {
        None
    }

    pub(crate) fn resident_bytes() -> Option<u64> {
        None
    }

    pub(crate) fn files_open() -> Option<u64> {
        None
    }

    pub(crate) fn clock_is_set() -> Option<bool> {
        None
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::*;
