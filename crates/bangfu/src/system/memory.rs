//! Where the program's memory comes from, and how much of it a process may have that parses a stranger's file.

use mimalloc::MiMalloc;

/// Reading a file in asks for memory tens of millions of times.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// The same, counted: no system but Linux lets a process bind itself, and of what a job object of Windows could hold, the
/// library without unsafe code offers the working set alone, which makes a greedy process slow and does not stop it.
#[cfg(not(target_os = "linux"))]
#[global_allocator]
static ALLOCATOR: cap::Cap<MiMalloc> = cap::Cap::new(MiMalloc, usize::MAX);

/// Binds the process that calls it to so many bytes more than it has: whatever asks for more ends it.
#[cfg(not(target_os = "linux"))]
pub(super) fn bind(memory: u64) -> std::io::Result<()> {
    let more = usize::try_from(memory).unwrap_or(usize::MAX);
    let most = ALLOCATOR.allocated().saturating_add(more);
    ALLOCATOR.set_limit(most).map_err(|()| std::io::Error::other("the memory is taken already"))
}
