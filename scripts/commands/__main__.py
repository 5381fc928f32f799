"""Runs a command by its module's name, and ends it quietly once nobody reads what it prints.

python -m scripts.commands NAME [ARGUMENT…]
"""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Final, NoReturn

from infra.local.schema_version import NewerStore

COMMANDS: Final = Path(__file__).parent

READER_GONE: Final = 141
"""The exit status of a process that SIGPIPE ends (128 + 13), as of other tools before `| head`."""


NEWER_STORE: Final = 3
"""The exit status where the data were written by a newer program."""


class Output(io.TextIOWrapper):
    """Prints as standard output does, and ends the process where that fails because the pipe was closed.

    The signal's own default would do as much for what is printed, and kill whoever posts over a closed connection, too.
    """

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except BrokenPipeError:
            self._end()

    def flush(self) -> None:
        try:
            super().flush()
        except BrokenPipeError:
            self._end()

    def _end(self) -> NoReturn:
        # What is still in the buffer goes nowhere, so that the interpreter's own last flush has nothing to complain of.
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
        raise SystemExit(READER_GONE)


def ending_quietly(stream: io.TextIOWrapper) -> Output:
    """Takes over an output, with its encoding and its way to flush lines."""
    return Output(stream.detach(), encoding=stream.encoding, errors=stream.errors, line_buffering=stream.line_buffering)


def main(name: str = "", *arguments: str) -> int:
    """Runs one command; 2 when there is none of that name, 3 when its data are a newer program's."""
    known = sorted(path.stem for path in COMMANDS.glob("[a-z]*.py") if "\ndef main(" in path.read_text("utf-8"))
    if name not in known:
        print(f"scripts/command: {name!r} is no command; there are {', '.join(known)}", file=sys.stderr)
        return 2
    try:
        status: int = import_module(f"scripts.commands.{name}").main(list(arguments))
    except NewerStore as error:
        print(f"scripts/{name}: {error}", file=sys.stderr)
        return NEWER_STORE
    return status


if __name__ == "__main__":
    for _name in ("stdout", "stderr"):
        setattr(sys, _name, ending_quietly(getattr(sys, _name)))
    try:
        sys.exit(main(*sys.argv[1:]))
    finally:
        sys.stdout.flush()  # here, where it can still end quietly
