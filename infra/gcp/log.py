"""Structured logs for Cloud Logging: one JSON object per line, joined to the request's trace."""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Callable
from typing import Final, TextIO

from shared.ports.ambient import Clock

SEVERITIES: Final = ("DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY")

_HEADER: Final = re.compile(r"([0-9a-fA-F]{32})(?:/(\d{1,20}))?(?:;o=([01]))?")
_LONGEST_FIELD: Final = 2000
_OWN: Final = frozenset({"severity", "message", "event", "time", "function"})


class CloudLog:
    """The `Log` port: a line has `event`, `severity`, `time`, `function` and the given fields.

    project:      of the traces that lines are joined to
    trace_header: the present request's X-Cloud-Trace-Context, if there is one
    """

    def __init__(
        self,
        project: str,
        function: str,
        clock: Clock,
        *,
        trace_header: Callable[[], str | None] | None = None,
        stream: TextIO | None = None,
    ):
        self._project = project
        self._function = function
        self._clock = clock
        self._trace_header = trace_header or trace_of_request
        self._stream = stream or sys.stdout
        self._lock = threading.Lock()

    def event(self, name: str, severity: str = "INFO", **fields: str | int | float | bool | None) -> None:
        if severity not in SEVERITIES:
            raise ValueError(f"{severity} is not one of {', '.join(SEVERITIES)}")
        taken = _OWN & fields.keys()
        if taken:
            raise ValueError(f"a log's own fields cannot be given: {', '.join(sorted(taken))}")
        line: dict[str, str | int | float | bool | None] = {
            "severity": severity,
            "message": name,
            "event": name,
            "time": self._clock.now().isoformat(),
            "function": self._function,
        }
        for key, said in _trace(self._trace_header()).items():
            line[f"logging.googleapis.com/{key}"] = (
                f"projects/{self._project}/traces/{said}" if key == "trace" else said
            )
        for key, value in fields.items():
            line[key] = value[:_LONGEST_FIELD] if isinstance(value, str) else value
        text = json.dumps(line, ensure_ascii=True)
        with self._lock:
            self._stream.write(text + "\n")
            self._stream.flush()


def _trace(header: str | None) -> dict[str, str | bool]:
    """Reads `X-Cloud-Trace-Context` (TRACE/SPAN;o=1); nothing for any other text."""
    found = _HEADER.fullmatch(header.strip()) if header else None
    if not found:
        return {}
    trace: dict[str, str | bool] = {"trace": found[1].lower(), "trace_sampled": found[3] == "1"}
    if found[2] and 0 < int(found[2]) < 2**64:
        # The header counts in decimals, Cloud Logging wants sixteen hexadecimal digits.
        trace["spanId"] = f"{int(found[2]):016x}"
    return trace


def trace_of_request() -> str | None:
    """Returns the trace header of the request that Flask is serving in this thread, if any."""
    # Whoever serves a request has imported it; a script that logs does not need to.
    flask = sys.modules.get("flask")
    if flask is None or not flask.has_request_context():
        return None
    header: str | None = flask.request.headers.get("X-Cloud-Trace-Context")
    return header
