"""The `Files` port in a folder.

A name may hold any characters, slashes included; on the disk it is percent-encoded into one file name, or, where that
would be too long, into folders of parts, so no name leaves the folder and no two names meet in one file.
"""

from __future__ import annotations

import fcntl
import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from infra.local.private_files import FILE, write_whole
from infra.local.schema_version import refuse_newer

_PART: Final = 200
"""Characters of a file name; most file systems take 255 bytes."""
_MOST: Final = 1024
"""Bytes of a name, as in Cloud Storage."""
_PLAIN: Final = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-_")
_SUFFIX: Final = ".blob"


SCHEMA_VERSION: Final = 1
"""Of how names become files; in a file of its own."""


class LocalFiles:
    """Files under `folder`, each written whole or not at all, readable by their owner only.

    Raises NewerStore for a folder that a newer program has written.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        version = folder / "schema_version"
        if version.exists():
            refuse_newer(folder, int(version.read_text("ascii")), SCHEMA_VERSION)
        else:
            write_whole(version.with_suffix(f".{uuid.uuid4().hex}"), version, f"{SCHEMA_VERSION}\n".encode("ascii"))
        self._incoming = folder / "incoming"
        self._lock = self._incoming / "lock"
        self._stored = folder / "stored"
        self._incoming.mkdir(exist_ok=True)
        self._stored.mkdir(exist_ok=True)

    def write(self, name: str, content: bytes, *, content_type: str = "application/octet-stream") -> None:
        place = self._place(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._incoming / uuid.uuid4().hex, place, content)

    def replace(
        self, name: str, before: bytes | None, content: bytes, *, content_type: str = "application/octet-stream"
    ) -> bool:
        with self._alone():
            if self.read(name) != before:
                return False
            self.write(name, content, content_type=content_type)
            return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Lets one thread of one process at a time in; the system lets go when a process dies."""
        with os.fdopen(os.open(self._lock, os.O_RDWR | os.O_CREAT, FILE), "wb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield

    def read(self, name: str) -> bytes | None:
        try:
            return self._place(name).read_bytes()
        except FileNotFoundError:
            return None

    def delete(self, name: str) -> None:
        self._place(name).unlink(missing_ok=True)

    def list(self, prefix: str = "") -> Sequence[str]:
        """Lists the names that begin so, in order."""
        names = [
            unquote("".join(path.relative_to(self._stored).parts).removesuffix(_SUFFIX))
            for path in self._stored.rglob("*" + _SUFFIX)
            if path.is_file()
        ]
        return sorted(name for name in names if name.startswith(prefix))

    def _place(self, name: str) -> Path:
        if not name or len(name.encode()) > _MOST:
            raise ValueError(f"a file's name has 1 to {_MOST} bytes")
        # Capitals too: some file systems take A and a for the same.
        encoded = "".join(chr(byte) if byte in _PLAIN else f"%{byte:02x}" for byte in name.encode())
        parts = [encoded[start : start + _PART] for start in range(0, len(encoded), _PART)]
        return self._stored.joinpath(*parts[:-1], parts[-1] + _SUFFIX)
