"""Registers a capability's routes: who serves each, who may call it, what goes in and what comes out.

A capability's `api.py` decorates its handlers; OpenAPI, the functions' routing and the test of every route against
every role come from what is registered. Models are only named there, so that a function routes without loading what it
may never need.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from types import ModuleType
from typing import TYPE_CHECKING, Generic, Literal, TypedDict, TypeVar, Unpack

from shared.kernel.access import Permission
from shared.kernel.ids import DEFAULT_FRAMEWORK
from shared.kernel.json_schema import Schema

if TYPE_CHECKING:
    from pydantic import BaseModel

    from shared.platform.edges.http import Request, Response

T = TypeVar("T")
NDJSON = "application/x-ndjson"
Method = Literal["GET", "POST", "PUT", "DELETE"]


@dataclass(frozen=True, slots=True)
class ModelName:
    """A model by its class, in a module that is loaded when it is needed."""

    load_module: Callable[[], ModuleType]
    name: str

    def load(self) -> type[BaseModel]:
        """Returns the model. Raises AttributeError for a name that the module lacks."""
        model: type[BaseModel] = getattr(self.load_module(), self.name)
        return model


@dataclass(frozen=True, slots=True)
class Contract:
    """Names the models of a module without loading it: `contract.ProfileAnswer`.

    load: imports the module, by its literal name: packaging reads from it what a function needs
    """

    load: Callable[[], ModuleType]

    def __getattr__(self, name: str) -> ModelName:
        if name.startswith("_"):
            raise AttributeError(name)
        return ModelName(self.load, name)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter: optional, a string; `schema` is its JSON schema."""

    name: str
    about: str
    schema: Schema = field(default_factory=lambda: Schema(type="string"), hash=False)


@dataclass(frozen=True, slots=True)
class Deprecation:
    """Says that a route is about to go. since: when that was said; sunset: from when on it may be gone

    instead: where to read what to use in its place
    """

    since: datetime
    sunset: datetime
    instead: str

    def headers(self) -> dict[str, str]:
        """Returns what every answer of the route says (RFC 9745, RFC 8594)."""
        return {
            "Deprecation": f"@{int(self.since.timestamp())}",
            "Sunset": format_datetime(self.sunset.astimezone(UTC), usegmt=True),
            "Link": f'<{self.instead}>; rel="deprecation"; type="text/html"',
        }


@dataclass(frozen=True, slots=True)
class Route:
    """One operation.

    operation:  its id, and the name of its handler
    function:   the deployed function that serves it
    permission: what a caller needs; None: public, or keyed
    keyed:      whoever has the token of the address may call it; its handler asks for that
    of_one:     the path names an employee, and the relation to that person decides as well
    body:       the JSON body's model; body_too: another that is taken as well; csv: the body is a CSV file with
                this header
    raw:        types of a body that is taken as it is, bytes of a file, e.g. `video/mp4`; `*/*`: whichever
    most_bytes: of the body, where a file may be larger than what else is sent
    body_optional: no body at all is `{}`
    answer:     the model of the answer with status `success`; list_answer: a list of up to 500 bodies is accepted as
                well, and answered so
    content_type: of the answer; of application/x-ndjson, `answer` is a line
    shows_secret: the answer does, this once
    repeats:    what is known already is answered with 200
    deprecation: that the route is about to go, and when
    problems:   statuses of problem details besides 401, 403 and 503, which every authenticated route may give
    """

    operation: str
    method: Method
    path: str
    function: str
    summary: str
    permission: Permission | None
    answer: ModelName | None = None
    body: ModelName | None = None
    body_too: ModelName | None = None
    body_optional: bool = False
    success: int = 200
    list_answer: ModelName | None = None
    csv: str | None = None
    raw: tuple[str, ...] = ()
    most_bytes: int | None = None
    of_one: bool = False
    query: tuple[Parameter, ...] = ()
    problems: tuple[int, ...] = ()
    content_type: str = "application/json"
    tag: str = ""
    shows_secret: bool = False
    repeats: bool = False
    keyed: bool = False
    deprecation: Deprecation | None = None

    @property
    def takes_key(self) -> bool:
        """Tells whether the route honours an Idempotency-Key: whatever is posted by somebody does."""
        return self.method == "POST" and self.permission is not None

    @property
    def takes_no_body(self) -> bool:
        """Tells whether the route has no body; an empty object is none, for clients that must send something."""
        return self.body is None and self.csv is None and not self.raw

    @property
    def has_tag(self) -> bool:
        """Tells whether an answer can have an ETag; of lines nobody knows the last when the first are sent."""
        return self.content_type != NDJSON

    @property
    def openapi_path(self) -> str:
        """Returns the path as OpenAPI writes it: `/employees/{employee_id}`."""
        return self.path.replace("<path:", "{").replace("<", "{").replace(">", "}")


@dataclass(frozen=True, slots=True)
class Served:
    """A route with what answers it."""

    route: Route
    handle: Callable[[Request], Response]


class Details(TypedDict, total=False):
    """All else that a route may say of itself, as Route has it."""

    answer: ModelName
    body: ModelName
    body_too: ModelName
    body_optional: bool
    success: int
    list_answer: ModelName
    csv: str
    raw: tuple[str, ...]
    most_bytes: int
    of_one: bool
    query: tuple[Parameter, ...]
    problems: tuple[int, ...]
    content_type: str
    tag: str
    shows_secret: bool
    repeats: bool
    keyed: bool
    deprecation: Deprecation


Handler = Callable[["Request", T], "Response"]


class Routes(Generic[T]):
    """The routes that one function serves of one capability.

    T: what gives a handler its use cases
    """

    def __init__(self, function: str) -> None:
        self._function = function
        self._handlers: list[tuple[Route, Handler[T]]] = []

    def get(
        self, path: str, summary: str, permission: Permission | None, **more: Unpack[Details]
    ) -> Callable[[Handler[T]], Handler[T]]:
        """Registers the decorated handler for GET."""
        return self._register("GET", path, summary, permission, more)

    def post(
        self, path: str, summary: str, permission: Permission | None, **more: Unpack[Details]
    ) -> Callable[[Handler[T]], Handler[T]]:
        """Registers the decorated handler for POST."""
        return self._register("POST", path, summary, permission, more)

    def put(
        self, path: str, summary: str, permission: Permission | None, **more: Unpack[Details]
    ) -> Callable[[Handler[T]], Handler[T]]:
        """Registers the decorated handler for PUT."""
        return self._register("PUT", path, summary, permission, more)

    def delete(
        self, path: str, summary: str, permission: Permission | None, **more: Unpack[Details]
    ) -> Callable[[Handler[T]], Handler[T]]:
        """Registers the decorated handler for DELETE."""
        return self._register("DELETE", path, summary, permission, more)

    @property
    def routes(self) -> tuple[Route, ...]:
        """Returns what is registered, in that order."""
        return tuple(route for route, _ in self._handlers)

    def served(self, use_cases: Callable[[], T]) -> list[Served]:
        """Binds every handler to its use cases, which are asked for with each request."""

        def bound(handler: Handler[T]) -> Callable[[Request], Response]:
            return lambda request: handler(request, use_cases())

        return [Served(route, bound(handler)) for route, handler in self._handlers]

    def _register(
        self, method: Method, path: str, summary: str, permission: Permission | None, more: Details
    ) -> Callable[[Handler[T]], Handler[T]]:
        def decorate(handler: Handler[T]) -> Handler[T]:
            route = Route(handler.__name__, method, path, self._function, summary, permission, **more)
            self._handlers.append((route, handler))
            return handler

        return decorate


LIMIT = Parameter("limit", "Items on a page, 1-200", {"type": "integer", "minimum": 1, "maximum": 200})
CURSOR = Parameter("cursor", "From `next_cursor` of the page before")
SINCE = Parameter("since", "Not before this moment", {"type": "string", "format": "date-time"})
UNTIL = Parameter("until", "Before this moment", {"type": "string", "format": "date-time"})
FRAMEWORK = Parameter("framework_id", f"The framework; {DEFAULT_FRAMEWORK} unless given")
