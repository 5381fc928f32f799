"""Backs up the embedded platform's data, while it runs or not."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from infra.local.backup import NoBackup, back_up
from infra.local.journal import HalfRestored
from infra.local.sqlite_file import DamagedStore
from scripts.commands.print_token import DATA


def main(argv: Sequence[str]) -> int:
    """Returns 0, or 1 when there is no whole backup."""
    parser = argparse.ArgumentParser(prog="scripts/backup", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="directory of the data (default: data)")
    parser.add_argument("--to", type=Path, help="folder to make (default: backups/<moment> beside the data)")
    arguments = parser.parse_args(argv)
    to = arguments.to or arguments.data.resolve().parent / "backups" / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    try:
        back_up(arguments.data, to)
    except (NoBackup, DamagedStore, HalfRestored, OSError) as error:
        print(f"scripts/backup: {error}", file=sys.stderr)
        return 1
    print(f"{to} holds the keys and everything that was said: keep it as safe as {arguments.data}, on another disk.")
    return 0
