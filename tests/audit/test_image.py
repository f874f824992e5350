"""The image of deploy/Dockerfile, built on Debian's packages and run without a daemon, as root on Linux.

debootstrap makes the base image, pip fetches the wheels that requirements.txt locks, and buildah builds and runs with chroot
isolation: the programs inside see the image's files only and keep this machine's network. A container engine adds namespaces.
Debian: apt-get install debootstrap buildah
"""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.processes import children, command_line
from benchmarks.site import ROOT, free_port
from tests.browser.conftest import required

SUITE, PYTHON = "trixie", "3.13"
INCLUDED = "python3,python3-venv,ca-certificates"
PLATFORMS = ("manylinux_2_17_x86_64", "manylinux2014_x86_64", "manylinux_2_28_x86_64")
BASE, IMAGE = "localhost/debian-python", "localhost/futian-reform"


def command(*words: str | Path, **options) -> str:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **options)
    assert done.returncode == 0, (words, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout.strip()


class Builder:
    """buildah with its images and containers in a folder of their own."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.store = ["--root", folder / "storage", "--runroot", folder / "run", "--storage-driver", "vfs"]

    def __call__(self, *words: str | Path) -> str:
        return command("buildah", *self.store, *words, cwd=ROOT)

    def process(self, *words: str | Path, **options) -> subprocess.Popen:
        return subprocess.Popen(["buildah", *self.store, *words], **options)


@pytest.fixture(scope="module")
def builder(tmp_path_factory):
    report = pytest.fail if required() else pytest.skip
    if os.geteuid() != 0 or not sys.platform.startswith("linux"):
        report("only root on Linux can make an image without a daemon")
    for program in ("debootstrap", "buildah"):
        if not shutil.which(program):
            report(f"No {program} on this machine (Debian: apt-get install debootstrap buildah)")
    builder = Builder(tmp_path_factory.mktemp("image"))
    yield builder
    builder("rm", "--all")
    builder("rmi", "--all", "--force")
    shutil.rmtree(builder.folder)


@pytest.fixture(scope="module")
def base(builder):
    """An image of Debian's packages alone."""
    system = builder.folder / "debian"
    command("debootstrap", "--variant=minbase", f"--include={INCLUDED}", SUITE, system)
    container = builder("from", "scratch")
    builder("add", "--quiet", container, system, "/")
    builder("commit", "--quiet", "--rm", container, BASE)
    shutil.rmtree(system)
    return BASE


@pytest.fixture(scope="module")
def wheels(builder):
    """What requirements.txt locks, for the image's Python, and settings with which pip in the image looks nowhere else."""
    folder = builder.folder / "wheels"
    platforms = [word for platform in PLATFORMS for word in ("--platform", platform)]
    abis = [word for abi in (f"cp{PYTHON.replace('.', '')}", "abi3", "none") for word in ("--abi", abi)]
    command(
        *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"),
        *("--requirement", ROOT / "requirements.txt", "--dest", folder, "--only-binary", ":all:"),
        *("--python-version", PYTHON, "--implementation", "cp", *abis, *platforms),
    )
    settings = builder.folder / "pip.conf"
    settings.write_text("[global]\nno-index = true\nfind-links = /wheels\n")
    return ["--volume", f"{folder}:/wheels:ro", "--volume", f"{settings}:/etc/pip.conf:ro"]


@pytest.fixture(scope="module")
def image(builder, base, wheels):
    builder(
        *("build-using-dockerfile", "--isolation", "chroot", "--pull-never", "--format", "docker"),
        *("--build-arg", f"BASE={base}", *wheels, "--tag", IMAGE),
        *("--file", "deploy/Dockerfile", "--ignorefile", "deploy/Dockerfile.dockerignore", "."),
    )
    return IMAGE


@contextmanager
def container(builder, image: str, volume: Path):
    """The port of a site that runs in a new container on `volume`, the process of its `serve`, and its log."""
    port, name = free_port(), builder("from", "--pull-never", image)
    log = builder.folder / f"{port}.log"
    output = log.open("wb")
    process = builder.process(
        *("run", "--isolation", "chroot", "--volume", f"{volume}:/data"),
        *("--env", "HOST=127.0.0.1", "--env", f"PORT={port}"),
        *(name, "--", "python", "manage.py", "serve"),
        stdout=output,
        stderr=output,
    )
    try:
        deadline = time.monotonic() + 120
        while status(port, "/readyz") != 200:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.2)
        yield port, served(process.pid), log
    finally:
        os.kill(served(process.pid) or process.pid, signal.SIGTERM)
        process.wait(60)
        output.close()
        builder("rm", name)


def served(pid: int) -> int | None:
    """The process of `manage.py serve` among the descendants of `pid`."""
    for child in children(pid):
        if command_line(child)[1:3] == ["manage.py", "serve"]:
            return child
        if found := served(child):
            return found
    return None


def status(port: int, path: str) -> int | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status
    except OSError:
        return None


def test_the_image_serves_keeps_its_data_and_stops_when_told(builder, image, tmp_path):
    volume = tmp_path / "data"
    volume.mkdir()
    os.chown(volume, *owner_of_data(builder, image))
    for _start in ("of a new volume", "of the same volume later"):
        with container(builder, image, volume) as (port, process, log):
            for path in ("/", "/en/measures/", "/zh-hant/measures/", "/measures.csv", "/en/admin/login/"):
                assert status(port, path) == 200, path
            user = Path(f"/proc/{process}/status").read_text().partition("Uid:")[2].split()[0]
            assert int(user) != 0
            root = os.readlink(f"/proc/{process}/root")
            assert root != "/", "the site reads this machine's files instead of the image's"
        assert log.read_text().splitlines()[-1] == "Stopped."
    assert (volume / "postgres" / "PG_VERSION").exists()
    assert (volume / "secret_key").stat().st_mode & 0o777 == 0o600


def owner_of_data(builder, image: str) -> tuple[int, int]:
    """Account and group of /data in the image, which an engine gives to a new volume."""
    name = builder("from", "--pull-never", image)
    try:
        said = builder("run", "--isolation", "chroot", name, "--", "stat", "--format=%u %g", "/data")
    finally:
        builder("rm", name)
    uid, gid = said.split()
    return int(uid), int(gid)


def test_the_image_holds_no_secret_and_nothing_of_the_workplace(builder, image):
    name = builder("from", "--pull-never", image)
    try:
        listed = builder("run", "--isolation", "chroot", name, "--", "ls", "-A", "/site").split()
    finally:
        builder("rm", name)
    assert {".git", ".venv", ".data", ".env", ".audit"}.isdisjoint(listed)
    assert {"manage.py", "futian_reform", "measures", "fixtures", "templates", "static"} <= set(listed)
