"""Running other programs to their end."""

import subprocess
from pathlib import Path


def run(command: list[str | Path], **more) -> subprocess.CompletedProcess[str]:
    """Run a program without input; the result has what it wrote as text. Raises OSError where there is no such program."""
    return subprocess.run(  # noqa: S603
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", **more
    )
