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
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.harness.chromium import absent

DRIVER: Final = "WebKitWebDriver"
BROWSERS: Final = tuple(Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser"))
PATIENCE: Final = 90.0
"""Seconds until what a test waits for must hold, where others have the processor: who waits in vain waits as long."""
ASKED_ANEW: Final = 5.0
"""Seconds after which a page that has not answered yet is asked anew: what it awaits may have gone with an old page."""
SCRIPT: Final = 20.0
"""Seconds that the driver waits for a script: one whose page went away never ends."""
NOT_YET: Final = "not yet: "
LOST: Final = ("script timeout", "javascript error", "no such frame")
"""What the driver says of a script that did not end, or whose page was unloaded over it."""


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


class Refused(RuntimeError):
    """An error that the driver tells. code: WebDriver's name of it"""

    def __init__(self, told: bytes) -> None:
        super().__init__(told.decode()[:500])
        self.code = str(json.loads(told)["value"].get("error"))


class WebKit:
    """One driver, which opens browsers one after the other."""

    def __init__(self, port: int) -> None:
        self._root = f"http://127.0.0.1:{port}"

    def call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = Request(self._root + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except HTTPError as error:
            raise Refused(error.read()) from error

    @contextmanager
    def window(self) -> Iterator[Window]:
        """A browser that has never been here: its storage ends with it."""
        options = {"binary": str(BROWSERS[0]), "args": ["--automation"]}
        timeouts = {"script": round(SCRIPT * 1_000), "pageLoad": round(PATIENCE * 1_000)}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options, "timeouts": timeouts}}}
        session = self.call("POST", "/session", wanted)["sessionId"]
        try:
            yield Window(self, f"/session/{session}")
        finally:
            with suppress(Refused, OSError):
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
        """What a function's body returns that awaits nothing: it ends before its page can go away."""
        wrapped = f"const given = [...arguments]; {script}"
        return self.call("POST", "/execute/sync", {"script": wrapped, "args": list(arguments)})

    def wait(self, condition: str, *arguments: Any) -> Any:
        """Waits until an expression's value holds, and returns it; what it awaits may take its time, or never end."""
        wrapped = (
            "const done = arguments[arguments.length - 1]; const given = [...arguments].slice(0, -1);"
            f"setTimeout(() => done('{NOT_YET}no answer'), {ASKED_ANEW * 1_000});"
            f"(async () => ({condition}))()"
            f".then((value) => done(value ?? null), (error) => done(`{NOT_YET}${{error}}`));"
        )
        return self._until(condition, lambda: self._tried(wrapped, arguments))

    def sees(self, words: str) -> None:
        self.wait("document.body.innerText.includes(given[0])", words)

    def press(self, selector: str, words: str = "") -> None:
        """Presses the first thing on the page that a selector finds and that holds these words."""
        found = "[...document.querySelectorAll(given[0])].find((one) => one.textContent.includes(given[1]))"
        script = f"const one = {found}; one?.click(); return !!one;"
        self._until(f"{selector} {words}", lambda: self.run(script, selector, words))

    def _until(self, what: str, tried: Callable[[], Any]) -> Any:
        until, last = time.monotonic() + PATIENCE, None
        while time.monotonic() < until:
            last = tried()
            if last and not (isinstance(last, str) and last.startswith(NOT_YET)):
                return last
            time.sleep(0.1)
        shown = self.run("return document.body.innerText;")
        raise AssertionError(f"{what} does not hold, but is {last!r}: {shown}")

    def _tried(self, script: str, arguments: tuple[Any, ...]) -> Any:
        """What a script says, or that it was lost: its page went away, or had no turn in all that time."""
        try:
            return self.call("POST", "/execute/async", {"script": script, "args": list(arguments)})
        except Refused as error:
            if error.code not in LOST:
                raise
            return f"{NOT_YET}{error}"

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
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with suppress(OSError):
                webkit.call("GET", "/status")
                break
            time.sleep(0.1)
        yield webkit
    finally:
        for process in (driver, display):
            process.terminate()
            process.wait(PATIENCE)
