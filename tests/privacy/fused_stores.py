"""Stores beside the documents in which a process may die."""

from __future__ import annotations

from collections.abc import Sequence

from shared.ports.ambient import Files
from shared.ports.messages import DeadLetter, DeadLetters
from shared.ports.warehouse import Warehouse
from tests.harness.crash_harness import Fuse


class FusedFiles:
    """The `Files` port over another one."""

    def __init__(self, inner: Files, fuse: Fuse) -> None:
        self._inner, self._fuse = inner, fuse
        self.read, self.list = inner.read, inner.list

    def write(self, name: str, content: bytes, *, content_type: str = "application/octet-stream") -> None:
        self._fuse.point()
        self._inner.write(name, content, content_type=content_type)
        self._fuse.point()

    def replace(
        self, name: str, before: bytes | None, content: bytes, *, content_type: str = "application/octet-stream"
    ) -> bool:
        self._fuse.point()
        replaced = self._inner.replace(name, before, content, content_type=content_type)
        self._fuse.point()
        return replaced

    def delete(self, name: str) -> None:
        self._fuse.point()
        self._inner.delete(name)
        self._fuse.point()


class FusedLetters:
    """The `DeadLetters` port over another one."""

    def __init__(self, inner: DeadLetters, fuse: Fuse) -> None:
        self._inner, self._fuse = inner, fuse
        self.get, self.replay = inner.get, inner.replay

    def list(self, *, limit: int = 100, subscription: str | None = None) -> Sequence[DeadLetter]:
        return self._inner.list(limit=limit, subscription=subscription)

    def discard(self, letter_id: str) -> bool:
        self._fuse.point()
        done = self._inner.discard(letter_id)
        self._fuse.point()
        return done


class FusedWarehouse:
    """The `Warehouse` port over another one."""

    def __init__(self, inner: Warehouse, fuse: Fuse) -> None:
        self._inner, self._fuse = inner, fuse
        self.ask, self.query, self.mart, self.check = inner.ask, inner.query, inner.mart, inner.check
        self.refresh, self.load, self.mentions = inner.refresh, inner.load, inner.mentions

    def move(self, employee_id: str, to: str) -> None:
        self._fuse.point()
        self._inner.move(employee_id, to)
        self._fuse.point()

    def erase(self, employee_id: str, instead: str) -> None:
        self._fuse.point()
        self._inner.erase(employee_id, instead)
        self._fuse.point()
