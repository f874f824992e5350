"""The ratchet of types: `.venv/bin/python -m tests.type_errors` counts what mypy finds in the pure rooms, and no count may rise.

`type_errors.toml` holds how many errors each room is allowed. Fewer are written there at once, so that they are committed with
the change that removed them; on CI nothing is written. mypy's settings, and which rooms it looks at, stand in pyproject.toml.
"""

import os
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = Path(__file__).with_suffix(".toml")
HEAD = "# Errors that mypy may find in each room; they only become fewer, and 0 is the aim. See type_errors.py.\n"


def errors_by_room(output: str, rooms: list[str]) -> dict[str, list[str]]:
    """The lines of mypy's output that report an error, by the room of the file that they stand in."""
    found: dict[str, list[str]] = {room: [] for room in rooms}
    for line in output.splitlines():
        path, divider, _ = line.partition(": error: ")
        for room in rooms:
            folder = f"{room.replace('.', '/')}/"
            if divider and path.startswith(folder):
                found[room].append(line)
    return found


def judge(allowed: dict[str, int], found: dict[str, int]) -> tuple[dict[str, int], list[str]]:
    """The counts allowed from now on, and the rooms that have more errors than they may have."""
    return {room: min(most, found[room]) for room, most in allowed.items()}, [
        room for room, most in allowed.items() if found[room] > most
    ]


def write(allowed: dict[str, int]) -> None:
    rooms = "".join(f'"{room}" = {count}\n' for room, count in sorted(allowed.items()))
    ALLOWED.write_text(f"{HEAD}\n[allowed]\n{rooms}")


def main() -> int:
    allowed = tomllib.loads(ALLOWED.read_text())["allowed"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-error-summary", "--show-traceback"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if done.returncode not in (0, 1):  # 1 is errors found; any other, that mypy itself could not go on
        sys.stderr.write(done.stdout + done.stderr)
        return done.returncode
    errors = errors_by_room(done.stdout, list(allowed))
    # A room that is not there yet keeps its number.
    there = {room: most for room, most in allowed.items() if (ROOT / room.replace(".", "/")).is_dir()}
    counts = Counter({room: len(errors[room]) for room in there})
    lowered, worse = judge(there, counts)
    for room in worse:
        sys.stderr.write(
            "\n".join([*errors[room], f"{room}: {counts[room]} errors, allowed {allowed[room]}\n"])
        )
    if worse:
        return 1
    if lowered != there and not os.environ.get("CI"):
        write(allowed | lowered)
        sys.stdout.write(f"{ALLOWED.relative_to(ROOT)} allows fewer errors now: commit it.\n")
    sys.stdout.write(f"Errors of types: {', '.join(f'{room} {counts[room]}' for room in sorted(there))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
