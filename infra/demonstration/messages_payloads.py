"""Types Anthropic's Messages API as far as this product speaks it: a request that has been checked, and its answer."""

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
    """Holds a piece of what is asked."""

    type: str
    text: str
    cache_control: NotRequired[CacheControl | None]


class Message(TypedDict):
    """Holds one turn of what is asked."""

    role: str
    content: str | list[TextBlock]


class OutputFormat(TypedDict):
    """Says what form the answer has."""

    type: str
    schema: Schema


class OutputConfig(TypedDict, total=False):
    """Says how to answer."""

    format: OutputFormat | None
    effort: str | None


class MessageRequest(TypedDict):
    """A request to create a message; nothing else of one is read."""

    model: str
    max_tokens: int
    messages: list[Message]
    system: NotRequired[str | list[TextBlock]]
    output_config: NotRequired[OutputConfig]


class CacheCreation(TypedDict):
    """Counts the tokens that were written, by how long they are kept."""

    ephemeral_5m_input_tokens: int
    ephemeral_1h_input_tokens: int


class Usage(TypedDict):
    """Counts tokens by price."""

    input_tokens: int
    cache_creation_input_tokens: int
    cache_read_input_tokens: int
    cache_creation: CacheCreation
    output_tokens: int
    service_tier: str


class AnsweredBlock(TypedDict):
    """Holds a piece of an answer: a text, or a thought with its signature."""

    type: str
    text: NotRequired[str]
    thinking: NotRequired[str]
    signature: NotRequired[str]


class AnsweredMessage(TypedDict):
    """Answers a request."""

    id: str
    type: str
    role: str
    model: str
    content: list[AnsweredBlock]
    stop_reason: str
    stop_sequence: None
    usage: Usage
