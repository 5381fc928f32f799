"""Says which version of its schema an embedded store has, and refuses one that is newer than the program.

A store's number is raised when a program of before would read it wrongly or write it wrong. What has none is of before
numbers were kept, and has the first shape.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

UNVERSIONED: Final = 0
"""What a store says that was made before numbers were kept, or that is new."""


class NewerStore(RuntimeError):
    """A newer program has written the store. Nothing in it was changed."""

    def __init__(self, path: Path | str, found: int, known: int) -> None:
        super().__init__(
            f"{path} has schema version {found}, and this program knows versions up to {known}: a newer program has "
            "written it. Start that program again, or give this one a copy of the data from before the update."
        )


def refuse_newer(path: Path | str, found: int, known: int) -> None:
    """Raises NewerStore for a store that is newer than what the program knows."""
    if found > known:
        raise NewerStore(path, found, known)
