"""The clock, new ids, secrets and the log of the embedded default."""

from __future__ import annotations

import json
import os
import re
import secrets
import sys
import threading
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TextIO

from infra.declarations.pipeline import Secret
from shared.kernel.errors import NotFound, Retryable

_SEVERITIES: Final = ("DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL")
_EVENT: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
_LONGEST_FIELD: Final = 500


class SystemClock:
    """The `Clock` port: the machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class RandomIds:
    """The `Ids` port: 128 random bits in URL-safe letters."""

    def new(self) -> str:
        return secrets.token_urlsafe(16)


class FolderSecrets:
    """The `Secrets` port: the environment's `SECRET_<NAME>` first, else a file of that name in `folder`.

    A secret declared as generated is made at its first use and kept in the folder, readable by its owner only.
    """

    def __init__(self, folder: Path, declared: Mapping[str, Secret], environment: Mapping[str, str] = os.environ):
        self._folder = folder
        self._declared = declared
        self._environment = environment

    def get(self, name: str) -> str:
        declared = self._declared.get(name)
        if declared is None:
            raise NotFound(f"secret {name!r} is not declared in the pipeline")
        supplied = self._environment.get("SECRET_" + name.upper().replace("-", "_"))
        if supplied:
            return supplied
        try:
            path = self._folder / name
            if not path.exists() and declared.generated:
                self._generate(path)
            return path.read_text("utf-8").strip()
        except FileNotFoundError:
            raise NotFound(f"secret {name!r} is not set: put it into {self._folder.name}/{name}") from None
        except OSError as error:
            raise Retryable(f"secret {name!r} cannot be read: {type(error).__name__}") from error

    def _generate(self, path: Path) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(beside, path)
        except FileExistsError:
            pass  # Another process was first; its value stands.
        finally:
            beside.unlink()


class JsonLog:
    """The `Log` port: one JSON object per line, as Cloud Logging reads it.

    It redacts nothing because it takes nothing that would need it: only scalars under an event's name, and of a text
    no more than an id needs. What cannot be written is lost, and fails nobody's request.

    trouble: why the last line could not be written; None when it was
    """

    def __init__(
        self,
        stream: TextIO | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        at_least: str = "INFO",
    ):
        self._stream = stream if stream is not None else sys.stderr
        self._now = now
        self._least = _SEVERITIES.index(at_least)
        self._lock = threading.Lock()
        self.trouble: str | None = None

    def event(self, name: str, severity: str = "INFO", **fields: str | int | float | bool | None) -> None:
        """Raises ValueError or TypeError for what does not belong into a log: that is a defect of the caller."""
        if not _EVENT.fullmatch(name):
            raise ValueError(f"{name!r} is not an event's name (lower case words with dots)")
        if severity not in _SEVERITIES:
            raise ValueError(f"{severity!r} is not one of {', '.join(_SEVERITIES)}")
        for key, value in fields.items():
            if value is not None and not isinstance(value, str | int | float | bool):
                raise TypeError(f"{name}: field {key} is a {type(value).__name__}; a log takes ids and numbers")
        if _SEVERITIES.index(severity) < self._least:
            return
        short = {key: value[:_LONGEST_FIELD] if isinstance(value, str) else value for key, value in fields.items()}
        line = json.dumps({"severity": severity, "time": self._now().isoformat(), "event": name, **short})
        with self._lock:
            try:
                self._stream.write(line + "\n")
                self._stream.flush()
                self.trouble = None
            except (OSError, ValueError) as error:  # a full disk, a closed stream
                self.trouble = str(error)
