"""The demonstration's events, told once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from infra.demonstration.events import Event
from infra.demonstration.organisation import Organisation

AS_OF = date(2026, 11, 23)
ORGANISATION = Organisation(AS_OF)


@pytest.fixture(scope="module")
def events() -> list[Event]:
    return ORGANISATION.events()


def body_of(event: Event) -> Any:
    return event.body


def bodies(events: list[Event], path: str) -> list[dict[str, Any]]:
    return [body_of(event) for event in events if event.path == path]
