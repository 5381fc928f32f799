"""WebKit with a window of its own, driven over WebDriver: what Debian's webkit2gtk-driver brings.

Playwright's WebKit is a build of its own that no package registry has; this is the engine as WebKitGTK ships it.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.harness.chromium import absent

DRIVER: Final = "WebKitWebDriver"
BROWSERS: Final = tuple(Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser"))
PATIENCE: Final = 15.0
"""Seconds until what a test waits for must hold."""


def missing() -> str | None:
    """What this machine lacks, in words; None: nothing."""
    if shutil.which(DRIVER) is None or not BROWSERS:
        return "no WebKit on this machine (Debian: apt-get install webkit2gtk-driver)"
    if shutil.which("Xvfb") is None:
        return "no display for WebKit on this machine (Debian: apt-get install xvfb)"
    return None


def free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


class WebKit:
    """One driver, which opens browsers one after the other."""

    def __init__(self, port: int) -> None:
        self._root = f"http://127.0.0.1:{port}"

    def call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = Request(self._root + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except HTTPError as error:
            raise RuntimeError(error.read().decode()[:500]) from error

    @contextmanager
    def window(self) -> Iterator[Window]:
        """A browser that has never been here: its storage ends with it."""
        options = {"binary": str(BROWSERS[0]), "args": ["--automation"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        session = self.call("POST", "/session", wanted)["sessionId"]
        try:
            yield Window(self, f"/session/{session}")
        finally:
            with suppress(RuntimeError, OSError):
                self.call("DELETE", f"/session/{session}")


class Window:
    def __init__(self, webkit: WebKit, path: str) -> None:
        self._webkit = webkit
        self._path = path

    def call(self, method: str, path: str, body: Any = None) -> Any:
        return self._webkit.call(method, f"{self._path}{path}", body)

    def go(self, address: str) -> None:
        self.call("POST", "/url", {"url": address})

    def run(self, script: str, *arguments: Any) -> Any:
        """What an asynchronous function's body returns."""
        wrapped = (
            "const done = arguments[arguments.length - 1]; const given = [...arguments].slice(0, -1);"
            f"(async () => {{ {script} }})()"
            ".then((value) => done(value ?? null), (error) => done(`failed: ${error}`));"
        )
        return self.call("POST", "/execute/async", {"script": wrapped, "args": list(arguments)})

    def wait(self, condition: str, *arguments: Any) -> Any:
        """Waits until an expression's value holds, and returns it."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            found = self.run(f"return {condition};", *arguments)
            if found and not (isinstance(found, str) and found.startswith("failed: ")):
                return found
            time.sleep(0.1)
        shown = self.run("return document.body.innerText;")
        raise AssertionError(f"{condition} does not hold: {shown}")

    def sees(self, words: str) -> None:
        self.wait("document.body.innerText.includes(given[0])", words)

    def press(self, selector: str, words: str = "") -> None:
        """Presses the first thing on the page that a selector finds and that holds these words."""
        found = "[...document.querySelectorAll(given[0])].find((one) => one.textContent.includes(given[1]))"
        self.wait(f"!!{found}", selector, words)
        self.run(f"{found}.click();", selector, words)

    def tabs(self) -> list[str]:
        return list(self.call("GET", "/window/handles"))

    def new_tab(self) -> str:
        return str(self.call("POST", "/window/new", {"type": "tab"})["handle"])

    def switch(self, handle: str) -> None:
        self.call("POST", "/window", {"handle": handle})

    def close(self) -> None:
        self.call("DELETE", "/window")


@contextmanager
def running() -> Iterator[WebKit]:
    """Starts a display and the driver; skips loudly where there is none, an error where CI=true."""
    lacking = missing()
    if lacking is not None:
        absent(lacking)
    reading, writing = os.pipe()
    display = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "800x1000x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    port = free_port()
    environment = {
        **os.environ,
        "DISPLAY": f":{number}",
        "GDK_BACKEND": "x11",
        "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",  # as root in a container; it opens our own pages alone
        "LIBGL_ALWAYS_SOFTWARE": "1",
    }
    driver = subprocess.Popen([DRIVER, f"--port={port}"], env=environment, stderr=subprocess.DEVNULL)
    try:
        webkit = WebKit(port)
        for _ in range(100):
            with suppress(OSError):
                webkit.call("GET", "/status")
                break
            time.sleep(0.1)
        yield webkit
    finally:
        for process in (driver, display):
            process.terminate()
            process.wait(10)
