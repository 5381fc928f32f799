"""Keeps the embedded platform's data to their owner, whatever folder was given."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

FILE: Final = 0o600
FOLDER: Final = 0o700
OTHERS: Final = 0o077
"""What nobody else may."""


def keep_private(directory: Path) -> None:
    """Makes the folder, if it is not there, and takes away what others may do with it and with all that lies in it.

    From then on this process makes files for their owner only, those of SQLite (-wal, -shm) and DuckDB among them.
    """
    os.umask(OTHERS)
    directory.mkdir(parents=True, exist_ok=True, mode=FOLDER)
    for folder, _, files in os.walk(directory):
        _close(Path(folder), FOLDER)
        for name in files:
            _close(Path(folder, name), FILE)


def _close(path: Path, mode: int) -> None:
    if not path.is_symlink() and path.stat().st_mode & OTHERS:
        path.chmod(mode)


def write_whole(incoming: Path, place: Path, content: bytes) -> None:
    """Writes a file beside its place and moves it there, so that nobody finds half of it."""
    with os.fdopen(os.open(incoming, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    incoming.replace(place)
    _sync_folder(place.parent)


def _sync_folder(folder: Path) -> None:
    """Makes a rename survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
