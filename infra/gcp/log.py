"""Structured logs for Cloud Logging: one JSON object per line, joined to the request's trace."""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, TextIO

from shared.ports.ambient import Clock

SEVERITIES: Final = ("DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY")

_HEADER: Final = re.compile(r"([0-9a-fA-F]{32})(?:/(\d{1,20}))?(?:;o=([01]))?")
_LONGEST_FIELD: Final = 2000
_OWN: Final = frozenset({"severity", "message", "event", "time", "function"})
_trace: ContextVar[dict[str, str | bool] | None] = ContextVar("trace", default=None)


class CloudLog:
    """The `Log` port: a line has `event`, `severity`, `time`, `function` and the given fields.

    project: of the traces that lines are joined to
    """

    def __init__(self, project: str, function: str, clock: Clock, *, stream: TextIO | None = None):
        self._project = project
        self._function = function
        self._clock = clock
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
        trace = _trace.get()
        if trace:
            line["logging.googleapis.com/trace"] = f"projects/{self._project}/traces/{trace['trace']}"
            if "span" in trace:
                line["logging.googleapis.com/spanId"] = trace["span"]
            line["logging.googleapis.com/trace_sampled"] = trace["sampled"]
        for key, value in fields.items():
            line[key] = value[:_LONGEST_FIELD] if isinstance(value, str) else value
        text = json.dumps(line, ensure_ascii=True)
        with self._lock:
            self._stream.write(text + "\n")
            self._stream.flush()


@contextmanager
def traced(header: str | None) -> Iterator[None]:
    """Joins the lines logged inside to the trace of `X-Cloud-Trace-Context` (TRACE/SPAN;o=1); other text to none."""
    found = _HEADER.fullmatch(header.strip()) if header else None
    trace: dict[str, str | bool] | None = None
    if found:
        trace = {"trace": found[1].lower(), "sampled": found[3] == "1"}
        if found[2] and 0 < int(found[2]) < 2**64:
            # The header counts in decimals, Cloud Logging wants sixteen hexadecimal digits.
            trace["span"] = f"{int(found[2]):016x}"
    token = _trace.set(trace)
    try:
        yield
    finally:
        _trace.reset(token)
