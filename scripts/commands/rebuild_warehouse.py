"""Makes the embedded platform's warehouse anew, from the ledger and what else the live state keeps."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.local.environment import RATES_EVERYBODY
from infra.local.journal import HalfRestored, refuse_half_restored
from infra.local.runtime import AlreadyRunning, held, open_parts
from infra.local.warehouse_file import NAME, FillWarehouse, open_warehouse, set_aside
from scripts.commands.print_token import DATA


def main(argv: Sequence[str]) -> int:
    """Returns 0, or 1 while a platform runs on the data."""
    parser = argparse.ArgumentParser(prog="scripts/rebuild_warehouse", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="directory of the data (default: data)")
    arguments = parser.parse_args(argv)
    try:
        with held(arguments.data):
            refuse_half_restored(arguments.data)
            _rebuild(arguments.data)
    except AlreadyRunning as error:
        print(f"scripts/rebuild_warehouse: {error}; stop it first", file=sys.stderr)
        return 1
    except HalfRestored as error:
        print(f"scripts/rebuild_warehouse: {error}", file=sys.stderr)
        return 1
    return 0


def _rebuild(data: Path) -> None:
    parts = open_parts(data)
    if (data / NAME).exists():
        print(f"what there was is kept as {set_aside(data / NAME).name}; delete it when all is well")
    warehouse = open_warehouse(data, parts.clock, parts.log)
    parts.queue.run_schedule(RATES_EVERYBODY, parts.clock.now().timestamp())
    told = FillWarehouse(parts.documents, parts.integrations, warehouse, parts.clock, parts.ids).fill()
    warehouse.close()
    parts.close()
    print(", ".join(f"{number:,} {kind}" for kind, number in told.items()))
    print("Everybody's ratings come with the next start. How they moved before, and page views, are in backups only.")
