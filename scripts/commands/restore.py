"""Brings a backup of the embedded platform's data back, and erases and moves again who was erased and moved since."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from infra.local.backup import NoBackup, check_backup, put_in_place
from infra.local.environment import EmbeddedEnvironment
from infra.local.journal import NAME, Journal, journal_of, read_journal, write_journal
from infra.local.restoring import do_again
from infra.local.runtime import AlreadyRunning, held, open_parts
from infra.local.sqlite_documents import SqliteDocuments
from infra.local.sqlite_file import DamagedStore
from scripts.commands.print_token import DATA
from shared.kernel.errors import Retryable


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
        print(f"scripts/restore: {error}; stop it first", file=sys.stderr)
        return 1
    except (NoBackup, DamagedStore, OSError) as error:
        print(f"scripts/restore: {error}", file=sys.stderr)
        return 1
    return 0


def _restore(backup: Path, data: Path, other: Path | None) -> None:
    made = check_backup(backup)
    journal = read_journal(other) if other is not None else _journal(data)
    if not journal.erased and not journal.moves:
        print(f"The journal of erasures and moves is empty: what was erased after {made} comes back with this backup.")
    write_journal(data, journal)  # before anything can fail: a second try still knows
    aside = put_in_place(backup, data)
    parts = open_parts(data)
    again = do_again(EmbeddedEnvironment(parts, {}), journal)
    parts.close()
    print(f"{data} is as of {made}. Erased again: {again.erased}, moved again: {again.moved}; the start finishes that.")
    for one in again.left:
        print(f"not moved again: {one}", file=sys.stderr)
    if aside is not None:
        print(f"What was there is in {aside}: delete it when all is well, and with it whom it still knows.")


def _journal(data: Path) -> Journal:
    """Returns what was written last, with what the present live state tells, if that can still be read: it may be a
    restore that was cut off."""
    path, written = data / "documents.sqlite", read_journal(data / NAME)
    if path.exists():
        with suppress(DamagedStore, Retryable), closing(SqliteDocuments(path)) as documents:
            return journal_of(documents).joined(written)
    return written
