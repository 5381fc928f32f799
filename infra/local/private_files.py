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
