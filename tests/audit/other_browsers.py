"""WebKit and Firefox as Debian has them, driven by selenium.

WebKit comes with a driver. Firefox's driver (geckodriver) is none of Debian's packages; but all that it does is to pass each
command on to the browser's own door, Marionette, and so does `Marionette` here.
"""

import json
import os
import shutil
import socket
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.options import ArgOptions

from benchmarks.site import free_port

WEBKIT_BROWSERS = "/usr/lib/*/webkit2gtk-4.*/MiniBrowser"
COMMANDS = {
    "newSession": "WebDriver:NewSession",
    "get": "WebDriver:Navigate",
    "goBack": "WebDriver:Back",
    "goForward": "WebDriver:Forward",
    "findElement": "WebDriver:FindElement",
    "findElements": "WebDriver:FindElements",
    "clickElement": "WebDriver:ElementClick",
    "sendKeysToElement": "WebDriver:ElementSendKeys",
    "executeScript": "WebDriver:ExecuteScript",
    "w3cExecuteScript": "WebDriver:ExecuteScript",
    "newWindow": "WebDriver:NewWindow",
    "switchToWindow": "WebDriver:SwitchToWindow",
    "w3cGetCurrentWindowHandle": "WebDriver:GetWindowHandle",
    "close": "WebDriver:CloseWindow",
    "quit": "Marionette:Quit",
}


class FirefoxOptions(ArgOptions):
    def to_capabilities(self) -> dict:
        return {}

    @property
    def default_capabilities(self) -> dict:
        return {}


class Marionette:
    """What selenium executes its commands with; messages are JSON with their length and a colon before it."""

    def __init__(self, port: int):
        deadline = time.monotonic() + 60
        while True:
            try:
                self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
                break
            except ConnectionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
        self.stream = self.socket.makefile("rb")
        self.number = 0
        self._message()  # it says who it is

    def _message(self):
        size = b""
        while not size.endswith(b":"):
            size += self.stream.read(1)
        return json.loads(self.stream.read(int(size[:-1])))

    def execute(self, command: str, params: dict) -> dict:
        self.number += 1
        params = {name: value for name, value in params.items() if name != "sessionId"}
        message = json.dumps([0, self.number, COMMANDS[command], params]).encode()
        self.socket.sendall(b"%d:%s" % (len(message), message))
        _kind, _number, error, result = self._message()
        if error:
            raise WebDriverException(f"{error['error']}: {error['message']}")
        return {"value": result["value"] if isinstance(result, dict) and [*result] == ["value"] else result}

    def close(self) -> None:
        self.stream.close()
        self.socket.close()


def missing_for(browser: str) -> str:
    """What has to be installed before it can run here; empty where nothing is missing."""
    if browser == "firefox":
        return "" if firefox_program() else "Debian: apt-get install firefox-esr"
    present = shutil.which("WebKitWebDriver") and shutil.which("Xvfb") and webkit_program()
    return "" if present else "Debian: apt-get install webkit2gtk-driver xvfb"


def firefox_program() -> str | None:
    return shutil.which("firefox-esr") or shutil.which("firefox")


def webkit_program() -> str | None:
    return next(map(str, Path("/").glob(WEBKIT_BROWSERS[1:])), None)


@contextmanager
def running(*command: str, **options) -> Iterator[subprocess.Popen]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, **quiet, **options) as process:
        try:
            yield process
        finally:
            process.terminate()


@contextmanager
def firefox(folder: Path) -> Iterator[webdriver.Remote]:
    port = free_port()
    (folder / "user.js").write_text(f'user_pref("marionette.port", {port});\n')
    command = (firefox_program(), "--headless", "--marionette", "--no-remote", "--profile", str(folder))
    with running(*command, env=os.environ | {"HOME": str(folder)}):
        door = Marionette(port)
        try:
            yield webdriver.Remote(command_executor=door, options=FirefoxOptions())
        finally:
            door.close()


@contextmanager
def webkit(folder: Path) -> Iterator[webdriver.Remote]:
    display = f":{free_port()}"
    environment = os.environ | {"DISPLAY": display, "HOME": str(folder)}
    options = webdriver.WebKitGTKOptions()
    options.binary_location = webkit_program()
    options.add_argument("--automation")
    service = webdriver.WebKitGTKService(shutil.which("WebKitWebDriver"), env=environment)
    with running("Xvfb", display, "-screen", "0", "1280x1000x24", "-nolisten", "tcp"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # selenium's own, about itself
            driver = webdriver.WebKitGTK(options=options, service=service)
        try:
            yield driver
        finally:
            driver.quit()


BROWSERS = {"firefox": firefox, "webkit": webkit}
