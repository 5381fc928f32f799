"""Finds in a request what Anthropic's Messages API would refuse, in its own kinds of error.

Of the API's parameters only those that this product sends are known here; any other is refused, as the API refuses what
it does not know. A range, a length or an object that takes further properties is no schema that it accepts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from infra.demonstration.messages_payloads import CacheControl, MessageRequest, TextBlock
from shared.kernel.json_values import JsonObject

PARAMETERS = frozenset({"model", "max_tokens", "messages", "system", "output_config", "metadata", "stop_sequences"})
GONE = frozenset({"temperature", "top_p", "top_k"})
EFFORTS = ("low", "medium", "high", "xhigh", "max")
MOST_TOKENS = 128_000
MOST_BREAKPOINTS = 4
CUSTOM_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SCHEMA_WORDS = frozenset(
    {"$ref", "$defs", "type", "properties", "required", "additionalProperties", "items", "anyOf", "enum", "const"}
    | {"description", "title"}
)
_TYPES = frozenset({"object", "array", "string", "integer", "number", "boolean", "null"})


class Wrong(Exception):
    """A request that is refused. kind: `invalid_request_error`, `not_found_error` …"""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.message = message


def checked(request: object, models: frozenset[str]) -> MessageRequest:
    """Reads a request to create a message. Raises Wrong for one that the API would refuse."""
    if not isinstance(request, dict):
        raise _invalid("the body must be an object")
    for name in sorted(request.keys() & GONE):
        raise _invalid(f"{name}: this parameter is not supported")
    for name in sorted(request.keys() - PARAMETERS):
        raise _invalid(f"{name}: Extra inputs are not permitted")
    for name in ("model", "max_tokens", "messages"):
        if name not in request:
            raise _invalid(f"{name}: Field required")
    if request["model"] not in models:
        raise Wrong(404, "not_found_error", f"model: {request['model']}")
    if type(request["max_tokens"]) is not int or not 1 <= request["max_tokens"] <= MOST_TOKENS:
        raise _invalid(f"max_tokens: an integer from 1 to {MOST_TOKENS}")
    _check_system(request.get("system", []))
    _check_messages(request["messages"])
    if "output_config" in request:
        _check_output(request["output_config"])
    try:
        return msgspec.convert(request, MessageRequest)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from None


def texts(request: MessageRequest) -> Iterator[tuple[str, CacheControl | None]]:
    """Yields the request's text blocks in the order in which they are read, each with its cache_control."""
    system = request.get("system", [])
    for content in (system, *(message["content"] for message in request["messages"])):
        blocks: list[TextBlock] = [{"type": "text", "text": content}] if isinstance(content, str) else content
        for block in blocks:
            yield block["text"], block.get("cache_control")


def _check_system(system: object) -> None:
    if isinstance(system, str):
        return
    if not isinstance(system, list):
        raise _invalid("system: a string or a list of text blocks")
    lives = []
    for index, block in enumerate(system):
        _check_block(block, f"system.{index}")
        if block.get("cache_control") is not None:
            lives.append(block["cache_control"].get("ttl", "5m"))
    if len(lives) > MOST_BREAKPOINTS:
        raise _invalid(f"a maximum of {MOST_BREAKPOINTS} blocks with cache_control may be provided, found {len(lives)}")
    if lives != sorted(lives):
        raise _invalid("a ttl='1h' cache_control block must not come after a ttl='5m' one")


def _check_block(block: object, where: str) -> None:
    if not isinstance(block, dict) or block.get("type") != "text" or not isinstance(block.get("text"), str):
        raise _invalid(f"{where}: a text block")
    if block.keys() - {"type", "text", "cache_control", "citations"}:
        raise _invalid(f"{where}: Extra inputs are not permitted")
    if not block["text"].strip():
        raise _invalid(f"{where}: text content blocks must be non-empty")
    control = block.get("cache_control")
    if control is not None and (
        not isinstance(control, dict)
        or control.get("type") != "ephemeral"
        or control.get("ttl", "5m") not in ("5m", "1h")
        or control.keys() - {"type", "ttl"}
    ):
        raise _invalid(f"{where}.cache_control: type ephemeral, ttl 5m or 1h")


def _check_messages(messages: object) -> None:
    if not isinstance(messages, list) or not messages:
        raise _invalid("messages: at least one message is required")
    for index, message in enumerate(messages):
        if not isinstance(message, dict) or message.get("role") not in ("user", "assistant"):
            raise _invalid(f"messages.{index}.role: Input should be 'user' or 'assistant'")
        content = message.get("content")
        if isinstance(content, list) and content:
            for number, block in enumerate(content):
                _check_block(block, f"messages.{index}.content.{number}")
        elif not isinstance(content, str) or not content.strip():
            raise _invalid(f"messages.{index}.content: must be non-empty")
    if messages[0]["role"] != "user" or messages[-1]["role"] != "user":
        raise _invalid("messages: the conversation must begin and end with a user message")


def _check_output(output: object) -> None:
    if not isinstance(output, dict) or output.keys() - {"format", "effort"}:
        raise _invalid("output_config: format and effort are accepted")
    if output.get("effort") is not None and output["effort"] not in EFFORTS:
        raise _invalid(f"output_config.effort: Input should be one of {', '.join(EFFORTS)}")
    form = output.get("format")
    if form is None:
        return
    if not isinstance(form, dict) or form.get("type") != "json_schema" or not isinstance(form.get("schema"), dict):
        raise _invalid("output_config.format: type json_schema with a schema")
    schema = form["schema"]
    forms = schema.get("$defs", {})
    if not isinstance(forms, dict):
        raise _invalid("output_config.format.schema: $defs must be an object")
    _check_schema(schema, "output_config.format.schema", forms, ())
    for name in forms:
        _check_schema(forms[name], f"output_config.format.schema.$defs.{name}", forms, (name,))


def _check_schema(schema: object, where: str, forms: JsonObject, inside: tuple[str, ...]) -> None:
    if not isinstance(schema, dict):
        raise _invalid(f"{where}: a schema must be an object")
    kind = schema.get("type")
    for word in sorted(schema.keys() - _SCHEMA_WORDS):
        raise _invalid(f"{where}: For '{kind}' type, property '{word}' is not supported")
    if "$ref" in schema:
        _check_reference(str(schema["$ref"]), where, forms, inside)
    elif "anyOf" in schema:
        for index, one in enumerate(schema["anyOf"]):
            _check_schema(one, f"{where}.anyOf.{index}", forms, inside)
    else:
        _check_type(schema, where, forms, inside)


def _check_reference(reference: str, where: str, forms: JsonObject, inside: tuple[str, ...]) -> None:
    name = reference.removeprefix("#/$defs/")
    if name not in forms:
        raise _invalid(f"{where}: {reference} is not defined")
    if name in inside:
        raise _invalid(f"{where}: recursive schemas are not supported")
    _check_schema(forms[name], where, forms, (*inside, name))


def _check_type(schema: JsonObject, where: str, forms: JsonObject, inside: tuple[str, ...]) -> None:
    kind = schema.get("type")
    if "enum" not in schema and "const" not in schema and kind not in _TYPES:
        raise _invalid(f"{where}: a type is required")
    if kind == "object":
        if schema.get("additionalProperties") is not False:
            raise _invalid(f"{where}: For 'object' type, 'additionalProperties' must be explicitly set to false")
        properties = schema.get("properties", {})
        if not isinstance(properties, dict):
            raise _invalid(f"{where}: properties must be an object")
        for name, one in properties.items():
            _check_schema(one, f"{where}.{name}", forms, inside)
    if kind == "array":
        _check_schema(schema.get("items"), f"{where}.items", forms, inside)


def _invalid(message: str) -> Wrong:
    return Wrong(400, "invalid_request_error", message)
