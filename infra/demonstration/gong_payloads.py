"""Types Gong's JSON, version 2, as far as the demonstration's recorder gives it."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from shared.kernel.json_values import JsonObject


class MetaData(TypedDict):
    """Says what a call is. scheduled: absent where nobody planned it"""

    id: str
    url: str
    title: str
    scheduled: NotRequired[str]
    started: str
    duration: int
    primaryUserId: str
    direction: str
    system: str
    scope: str
    media: str
    language: str
    workspaceId: str
    isPrivate: bool


class CrmObject(TypedDict):
    """Holds a record of the CRM; no fields and no timing where only the basics are asked for."""

    objectType: str
    objectId: str
    fields: NotRequired[list[JsonObject]]
    timing: NotRequired[str]


class CrmSystem(TypedDict):
    system: str
    objects: list[CrmObject]


class CallParty(TypedDict):
    """Names somebody of a call; what is not known is absent."""

    id: str
    emailAddress: NotRequired[str]
    name: NotRequired[str]
    title: NotRequired[str]
    userId: NotRequired[str]
    speakerId: NotRequired[str]
    context: NotRequired[list[CrmSystem]]
    affiliation: str
    methods: NotRequired[list[str]]


class Call(TypedDict):
    metaData: MetaData
    context: NotRequired[list[CrmSystem]]
    parties: NotRequired[list[CallParty]]


class CallTranscript(TypedDict):
    """Holds what was said. transcript: null, or empty, before it is there"""

    callId: str
    transcript: list[JsonObject] | None


class Body(TypedDict, total=False):
    """Any answer: a page of one kind, or errors."""

    requestId: str
    errors: list[str]
    records: dict[str, int | str]
    calls: list[Call]
    callTranscripts: list[CallTranscript]
