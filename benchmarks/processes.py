"""Other processes of this machine, which may end while they are being looked at. Linux only."""

import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

ENDED = (FileNotFoundError, ProcessLookupError)


def children(pid: int) -> list[int]:
    """Numbers of the children of a process, zombies included; none where it has ended."""
    words: list[str] = []
    with suppress(*ENDED):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(*ENDED):
                words += (task / "children").read_text().split()
    return [int(word) for word in words]


def command_line(pid: int) -> list[str]:
    """The words that a process was started with; none where it has ended."""
    with suppress(*ENDED):
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
    return []


def is_running(pid: int) -> bool:
    """Whether there is such a process, and it is no zombie."""
    with suppress(*ENDED):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def signal_each(pids: Iterable[int], number: int):
    """The signal sent to each of these processes that is still there."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def wait_until(condition: Callable[[], object], seconds: float = 30):
    """A wait until the condition holds. A refused connection counts as "not yet".

    Raises AssertionError after so many seconds.
    """
    deadline = time.monotonic() + seconds
    while True:
        with suppress(OSError):
            if condition():
                return
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.05)
