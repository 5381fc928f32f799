"""Sends events to a running platform over HTTP, from anyone's file, and keeps what is refused.

A file has one JSON object per line: `{"path": "/api/v1/validation-events", "body": {…}}`, or just a body, whose kind is
then recognised by its fields.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from infra.web.calling import Caller, Refused, Unreachable, words_of
from infra.web.delivery import CONNECTIONS, LIST_SIZE, MOST_ITEMS, Delivery, Report, import_people
from infra.web.events import Reject, read_lines
from scripts.commands.callers import add_who, token_of
from scripts.commands.progress_bar import ProgressBar


def main(argv: Sequence[str], out: TextIO = sys.stdout, errors: TextIO = sys.stderr) -> int:
    """Returns 0: everything was taken; 1: something was rejected; 2: the platform or the call is at fault."""
    arguments = _arguments(argv)
    rejects_file = arguments.rejects or arguments.file.with_name(arguments.file.name + ".rejects.jsonl")
    try:
        report = _sent(arguments, out, errors)
    except (OSError, ValueError, Refused, Unreachable) as error:
        print(f"replay: {error}", file=errors)
        return 2
    write_rejects(report.rejects, rejects_file)
    print(report, file=out)
    if report.rejects:
        print(f"Each rejected line and its reason: {rejects_file}", file=out)
        for reject in report.rejects[:5]:
            print(f"  line {reject.number}: {words_of(reject.problem)}", file=out)
        return 1
    return 0


def write_rejects(rejects: Sequence[Reject], path: Path) -> None:
    """Writes one JSON object per rejected line; without any, the file of an earlier run is removed."""
    if rejects:
        path.write_text("".join(reject.to_json() + "\n" for reject in rejects), encoding="utf-8")
    else:
        path.unlink(missing_ok=True)


def _sent(arguments: argparse.Namespace, out: TextIO, errors: TextIO) -> Report:
    # Bytes that are no UTF-8 spoil their own line only: they are read as half surrogates, which no line may hold.
    with arguments.file.open(encoding="utf-8-sig", errors="surrogateescape") as text:
        total = sum(1 for line in text if line.strip())
    account = arguments.account or ("administration" if arguments.people else "replay")
    caller = Caller(arguments.url, token_of(arguments, account))
    if arguments.people:
        imported = import_people(caller.post, arguments.people.read_text(encoding="utf-8"))
        counts = ", ".join(f"{value:,} {name}" for name, value in imported.items() if isinstance(value, int))
        print(f"people: {counts}", file=out)
    bar = ProgressBar("events", total, errors)
    delivery = Delivery(caller.post, connections=arguments.connections, list_size=arguments.list_size, on_progress=bar)
    with arguments.file.open(encoding="utf-8-sig", errors="surrogateescape") as text:
        return delivery.run(read_lines(text))


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/replay",
        description="Sends your own events to a running platform, through the same functions as any integration.",
        epilog='Each line is {"path": "/api/v1/validation-events", "body": {…}} or just a body. A rerun is harmless.',
    )
    parser.add_argument("file", type=Path, metavar="FILE.jsonl")
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="the platform (default: %(default)s)")
    add_who(parser, "data directory of the embedded platform that you started")
    parser.add_argument("--account", help="with --local: the service account (replay; with --people administration)")
    parser.add_argument("--people", type=Path, metavar="FILE.csv", help="name,email,role,manager,hire_date to import")
    parser.add_argument("--connections", type=int, default=CONNECTIONS, help="at once (default: %(default)s)")
    parser.add_argument("--list-size", type=int, default=LIST_SIZE, help=f"at most {MOST_ITEMS} (default: %(default)s)")
    parser.add_argument("--rejects", type=Path, metavar="FILE", help="default: FILE.jsonl.rejects.jsonl")
    return parser.parse_args(argv)
