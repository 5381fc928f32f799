"""Names handlers: a module of pages is loaded when somebody first opens one of its pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from functions.portal.shell.visit import Reply


@dataclass(frozen=True, slots=True)
class Handler:
    """A function of a module of pages: (environment, visit, the path's variables by name) → the reply"""

    module: Callable[[], ModuleType]
    name: str

    def load(self) -> Callable[..., Reply]:
        loaded: Callable[..., Reply] = getattr(self.module(), self.name)
        return loaded


@dataclass(frozen=True, slots=True)
class Module:
    """A module that `load` imports: an attribute of this is the name of its handler."""

    load: Callable[[], ModuleType]

    def __getattr__(self, name: str) -> Handler:
        if name.startswith("_"):
            raise AttributeError(name)
        return Handler(self.load, name)
