"""Documents of which a part is generated: what stands between two marks is written, the rest is a person's."""

from __future__ import annotations

import argparse
from collections.abc import Sequence


def written_between(document: str, begin: str, text: str, end: str) -> str:
    """Returns the document with the text between its marks replaced. Raises ValueError when a mark is missing."""
    before, first, rest = document.partition(begin)
    _, last, after = rest.partition(end)
    if not first or not last:
        raise ValueError(f"the document has no lines {begin!r} and {end!r}")
    return f"{before}{begin}\n{text}\n{end}{after}"


def refuse_arguments(name: str, about: str, arguments: Sequence[str]) -> None:
    """Answers --help with what the command does, and refuses any other argument: a generator takes none."""
    argparse.ArgumentParser(prog=f"scripts/{name}", description=about.partition("\n")[0]).parse_args(list(arguments))
