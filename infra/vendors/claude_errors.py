"""Tells whose fault it is when Claude refuses: the request's, the account's or the settings', or nobody's for long.

The service answers 400 for a prompt that is too long, for an account without credit and for a schema that it cannot
compile; only its sentence tells them apart. What is about the request at hand ends that call. What every request has,
or the account lacks, stops all work until a person has mended it. What nobody can tell is the request's.
"""

from __future__ import annotations

import math
import re
from typing import Any, Final

from shared.analysts.ports.language_model import AccountRefused, Fault, Overloaded, PromptRefused

OVERLOADED_SECONDS: Final = 30
LONGEST_WAIT_SECONDS: Final = 3_600
LONGEST_SENTENCE: Final = 240

_REQUEST: Final = re.compile(
    r"too long|too many tokens|context (?:limit|window|length)|exceeds? the maximum|content filter|messages[.\[]\d"
    r"|custom_id|non-empty|surrogate|not valid json",
    re.I,
)
_ACCOUNT: Final[tuple[tuple[Fault, re.Pattern[str]], ...]] = (
    ("credit", re.compile(r"credit|billing|payment|purchase", re.I)),
    ("limit", re.compile(r"usage limit|spend|regain access|monthly limit|quota", re.I)),
    ("schema", re.compile(r"grammar|schema|output_config|output_format|strict tools|optional parameters", re.I)),
    ("permission", re.compile(r"organi[sz]ation|workspace|disabled|permission|not authori[sz]ed|no access", re.I)),
    ("model", re.compile(r"\bmodel\b", re.I)),
    (
        "settings",
        re.compile(r"max_tokens|effort|thinking|temperature|top_p|top_k|anthropic-version|anthropic-beta|cache_", re.I),
    ),
)
_BY_KIND: Final[dict[str, Fault]] = {
    "authentication_error": "key",
    "billing_error": "credit",
    "permission_error": "permission",
    "not_found_error": "model",
}
_BY_STATUS: Final[dict[int, Fault]] = {401: "key", 402: "credit", 403: "permission", 404: "model"}
_SECRET: Final = re.compile(r"\bsk-[A-Za-z0-9_-]{1,200}|[A-Za-z0-9_-]{24,}")
_ADDRESS: Final = re.compile(r"[^\s@]{1,64}@[^\s@]{1,64}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")


def error_of(error: Any) -> Exception:
    """Returns what an answer with an error status means, in the port's words."""
    status: int = error.status_code
    kind = str(error.type or status)[:60]
    if status in (408, 409, 429) or status >= 500:
        return Overloaded(f"the language model answers {status} ({kind})", after_seconds=_wait(error))
    said = str(error.api_message or "")
    fault = fault_of(_BY_STATUS.get(status), kind, said)
    if fault is not None and status != 413:
        return AccountRefused(fault, f"{status} ({kind}) {sentence(said)}".strip(), after_seconds=LONGEST_WAIT_SECONDS)
    return PromptRefused(f"the language model refuses the request: {status} ({kind}): {sentence(said)}")


def fault_of(by_status: Fault | None, kind: str, said: str) -> Fault | None:
    """Returns what of the account or the settings is refused; None for what is about the request at hand."""
    looked_at = said[:2_000]
    told = next((fault for fault, words in _ACCOUNT if words.search(looked_at)), None)
    first = by_status or _BY_KIND.get(kind)
    if first is None:
        return None if _REQUEST.search(looked_at) else told
    # "This organization has been disabled" may come with any status: its words say more than the number.
    return told if told in ("credit", "limit") else first


def sentence(said: str) -> str:
    """Returns the service's own words on one line, bounded, without keys and addresses."""
    plain = _CONTROL.sub(" ", said[: 4 * LONGEST_SENTENCE])
    return _SECRET.sub("…", _ADDRESS.sub("…", plain))[:LONGEST_SENTENCE].strip()


def _wait(error: Any) -> int:
    """Reads `retry-after` in whole seconds, rounded up, or our own patience where there is none that can be read."""
    try:
        told = float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return OVERLOADED_SECONDS
    if not told >= 0:
        return OVERLOADED_SECONDS
    return math.ceil(min(max(1.0, told), LONGEST_WAIT_SECONDS))
