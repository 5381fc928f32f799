"""Brings a backup of the embedded platform's data back, and erases and moves again who was erased and moved since."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

from infra.local.backup import NoBackup, check_backup, put_aside, put_in_place
from infra.local.environment import EmbeddedEnvironment
from infra.local.journal import (
    NAME,
    HalfRestored,
    Journal,
    UnreadableJournal,
    journal_of,
    read_journal,
    refuse_half_restored,
    write_journal,
)
from infra.local.restoring import do_again
from infra.local.runtime import AlreadyRunning, held, open_parts
from infra.local.sqlite_documents import SqliteDocuments
from infra.local.sqlite_file import DamagedStore
from scripts.commands.print_token import DATA
from shared.kernel.errors import AugmentError, Retryable


def main(argv: Sequence[str]) -> int:
    """Returns 0, or 1 when nothing was restored."""
    parser = argparse.ArgumentParser(prog="scripts/restore", description=__doc__)
    parser.add_argument("backup", type=Path, help="folder that scripts/backup made")
    parser.add_argument("--data", type=Path, default=DATA, help="directory of the data (default: data)")
    parser.add_argument("--journal", type=Path, help=f"another {NAME}, where the one in the data is lost")
    arguments = parser.parse_args(argv)
    try:
        with held(arguments.data):
            _restore(arguments.backup, arguments.data, arguments.journal)
    except AlreadyRunning as error:
        return _refuse(f"{error}; stop it first")
    except AugmentError as error:
        return _refuse(str(error), arguments.data)
    except (NoBackup, DamagedStore, UnreadableJournal, OSError) as error:
        return _refuse(str(error), arguments.data)
    return 0


def _refuse(reason: str, data: Path | None = None) -> int:
    print(f"scripts/restore: {reason}", file=sys.stderr)
    with suppress(HalfRestored, UnreadableJournal):
        if data is not None:
            refuse_half_restored(data)
        return 1
    print("The restore is not complete, and nothing starts on these data: run it again.", file=sys.stderr)
    return 1


def _restore(backup: Path, data: Path, other: Path | None) -> None:
    made = check_backup(backup)
    journal = _journal(data, other)
    if not journal.erased and not journal.moves:
        print(f"The journal of erasures and moves is empty: what was erased after {made} comes back with this backup.")
    journal = replace(journal, restoring=made)
    write_journal(data, journal)  # before anything can fail; it stands until all is done again
    put_in_place(backup, data)
    with closing(open_parts(data)) as parts:
        again = do_again(EmbeddedEnvironment(parts, {}), journal)
        write_journal(data, journal_of(parts.documents).joined(journal))
    print(f"{data} is as of {made}. Erased again: {again.erased}, moved again: {again.moved}; the start finishes that.")
    for one in again.left:
        print(f"not moved again: {one}", file=sys.stderr)
    for aside in put_aside(data):
        print(f"What was there is in {aside}: delete it when all is well, and with it whom it still knows.")


def _journal(data: Path, other: Path | None) -> Journal:
    """Returns what was written last; with it what the present live state tells, if that can still be read and is none
    that a restore was cut off at. other: goes before both. Raises UnreadableJournal."""
    path, written = data / "documents.sqlite", Journal()
    try:
        written = read_journal(data / NAME)
    except UnreadableJournal:
        if other is None:
            raise
    if written.restoring is None and path.exists():
        with suppress(DamagedStore, Retryable), closing(SqliteDocuments(path)) as documents:
            written = journal_of(documents).joined(written)
    return written if other is None else read_journal(other).joined(written)
