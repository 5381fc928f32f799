"""What the tests of documents do with them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from shared.ports.documents import (
    Query,
    Reader,
)


def in_threads(count: int, work: Callable[[int], None]) -> None:
    """Runs work(0) … work(count - 1) at once; raises the first error."""
    errors: list[BaseException] = []
    barrier = threading.Barrier(count)

    def run(number: int) -> None:
        barrier.wait()
        try:
            work(number)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def data_of(reader: Reader, path: str) -> dict[str, Any] | None:
    document = reader.get(path)
    return document.data if document else None


def ids(documents: Reader, query: Query) -> list[str]:
    return [document.id for document in documents.query(query)]
