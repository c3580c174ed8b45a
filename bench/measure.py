"""What the scripts beside it share: how a command is timed, what machine it ran on, and where its figures are kept."""

import datetime
import os
import pathlib
import platform
import resource
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BANGFU = ROOT / "target" / "release" / "bangfu"
RESULTS = ROOT / "bench" / "RESULTS.md"


def tree_memory(pid):
    """Resident bytes of a process and all below it."""
    waiting, total = [pid], 0
    while waiting:
        pid = waiting.pop()
        try:
            fields = pathlib.Path(f"/proc/{pid}/statm").read_text().split()
            total += int(fields[1]) * os.sysconf("SC_PAGE_SIZE")
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (OSError, ValueError):
            continue
    return total


def timed(command, pause=0.005):
    """Wall and CPU seconds of a command, and the most megabytes that it and all below it took together."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start, peak = time.monotonic(), 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, tree_memory(process.pid))
            time.sleep(pause)
    if process.returncode not in (0, 3):
        sys.exit(f"{command}: exit {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - start, cpu, peak / 2**20


def machine():
    """The day and the machine, as the head of a table tells them."""
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    processor = next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")),
        platform.processor() or "unknown processor",
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (f"{datetime.date.today()}, {platform.system()} {platform.machine()}, {processor}, {os.cpu_count()} cores, "
            f"{memory:.0f} GB, load {os.getloadavg()[0]:.0f}")


def keep(heading, lines):
    """Puts a part into RESULTS.md in the place of the one under the same heading; all others stay. What somebody wrote
    below the figures of the part, from a line of three stars on, stays too."""
    head, *parts = RESULTS.read_text().split("\n## ") if RESULTS.exists() else ["# Measured\n"]
    names = [part.splitlines()[0] for part in parts]
    text = "\n".join([heading, "", *lines]).rstrip() + "\n"
    if heading in names:
        _, stars, said = parts[names.index(heading)].partition("\n***\n")
        parts[names.index(heading)] = text + (f"{stars}{said}" if stars else "")
    else:
        parts.append(text)
    RESULTS.write_text("\n## ".join([head.rstrip() + "\n", *(part.rstrip() + "\n" for part in parts)]))
    print("\n".join(lines))
