"""Types Anthropic's Messages API as far as this product speaks it: a request that has been checked."""

from __future__ import annotations

from typing import NotRequired, TypeAlias, TypedDict

Scalar: TypeAlias = str | int | float | bool | None

Schema = TypedDict(
    "Schema",
    {
        "$ref": str,
        "$defs": dict[str, "Schema"],
        "type": str,
        "properties": dict[str, "Schema"],
        "required": list[str],
        "additionalProperties": bool,
        "items": "Schema",
        "anyOf": list["Schema"],
        "enum": list[Scalar],
        "const": Scalar,
        "description": str,
        "title": str,
    },
    total=False,
)


class CacheControl(TypedDict):
    """Marks the end of a prefix that is kept. ttl: 5m or 1h"""

    type: str
    ttl: NotRequired[str]


class TextBlock(TypedDict):
    type: str
    text: str
    cache_control: NotRequired[CacheControl | None]


class Message(TypedDict):
    role: str
    content: str | list[TextBlock]


class OutputFormat(TypedDict):
    type: str
    schema: Schema


class OutputConfig(TypedDict, total=False):
    format: OutputFormat | None
    effort: str | None


class MessageRequest(TypedDict):
    """A request to create a message; nothing else of one is read."""

    model: str
    max_tokens: int
    messages: list[Message]
    system: NotRequired[str | list[TextBlock]]
    output_config: NotRequired[OutputConfig]
