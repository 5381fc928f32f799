"""Describes what a phone tells of what it holds, and what it is told of that."""

from __future__ import annotations

from datetime import datetime

from pydantic import ConfigDict, Field

from shared.kernel.bodies import Body, Moment
from shared.learning.contract import Key
from shared.learning.domain.phone_items import MOST_ON_PHONES, PhoneItemKind
from shared.platform.contract import Output


class PhoneItemBody(Body):
    """One item that a phone holds and has not been told to have arrived."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    key: Key = Field(description="Under which it is sent")
    kind: PhoneItemKind
    made_at: Moment = Field(description="When it was answered or recorded, by the learner's own clock")


class PhoneItemsBody(Body):
    """Tells what one phone holds; nothing at all is an answer, too."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    items: list[PhoneItemBody] = Field(default_factory=list, max_length=MOST_ON_PHONES)
    let_go: list[Key] = Field(
        default_factory=list,
        max_length=MOST_ON_PHONES,
        description="What nobody is to look for: thrown away, or given up",
    )


class ArrivedItem(Output):
    key: str
    sha256: str | None = Field(description="Of the bytes that arrived; null of an answer")


class MissingItem(Output):
    key: str
    kind: PhoneItemKind
    made_at: datetime


class PhoneItemsView(Output):
    """Tells what became of what phones hold."""

    arrived: list[ArrivedItem] = Field(description="Of what was told of now; it need not be sent")
    missing: list[MissingItem] = Field(
        description="Told of before, perhaps by another phone, and neither arrived nor let go"
    )
