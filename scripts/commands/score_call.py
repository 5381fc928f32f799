"""Scores a call from a transcript file with the lexical analyst and posts the field observation, for one employee.

./scripts/score-call FILE --employee joe@augmentcode.com [--confirm --reviewer maria@example.com]
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from infra.web.calling import Caller, Unreachable
from scripts.commands.callers import add_who, token_of
from scripts.commands.scored_call import changes, observation
from shared.analysts.lexical.analyst import analyse
from shared.analysts.lexical.explanation import explain
from shared.conversations.domain.conversation import Conversation, choose_speaker
from shared.conversations.domain.customers import OurSide, have_customers
from shared.conversations.domain.recorded_call import CallParty, RecordedCall
from shared.conversations.wire.gong import parse_conversations
from shared.intake.contract import FieldAnswer
from shared.kernel.errors import Rejected
from shared.kernel.json_values import Json, JsonObject
from shared.observations.wire.context_fields import context_with

PATH = "/api/v1/field-observations"
MAIL = (".mbox", ".eml")

DATA = Path(__file__).resolve().parents[2] / "data"
"""Where ./scripts/run keeps its data unless told otherwise, whatever directory a command is started from."""


def main(argv: Sequence[str]) -> int:
    """Returns 0: scored and posted; 1: file or call cannot be scored, or was rejected; 2: the platform is away."""
    arguments = _arguments(argv)
    try:
        body = _scored(arguments)
    except (OSError, ValueError) as error:
        return _complain(str(error))
    except Rejected as error:
        return _complain(error.detail)
    if arguments.dry_run:
        print(json.dumps(body, indent=2, ensure_ascii=False))
        return 0
    return _posted(body, arguments)


def _scored(arguments: argparse.Namespace) -> JsonObject:
    """Scores the one call that is meant, explains every point, and returns the observation to post."""
    found = _conversations(arguments)
    if arguments.call:
        found = tuple(call for call in found if call.call_id == arguments.call)
    if len(found) != 1:
        names = ", ".join(call.call_id for call in found) or "none"
        raise ValueError(f"the file must hold one call, or name it with --call; calls: {names}")
    call = found[0]
    if not _has_customers(call, arguments.employee):
        raise ValueError("nobody of outside took part in this call, so it is not scored")
    speaker = choose_speaker(call, speaker_id=arguments.speaker, email=arguments.employee)
    analysis = analyse(call, speaker.speaker_id)
    body = observation(
        analysis,
        employee_id=arguments.employee,
        source=arguments.source,
        at=_moment(arguments, call.started),
        context=_context(arguments),
        source_url=arguments.link,
        confirmed_by=arguments.reviewer if arguments.confirm else None,
    )
    print(f"{arguments.file.name}: {speaker}")
    if call.set_aside:
        print(f"Left out, since they cannot be read: {call.set_aside} sentences.")
    for line in explain(analysis):
        print(f"  {line}")
    return body


def _has_customers(call: Conversation, employee: str) -> bool:
    """Tells whether anybody of outside took part, as far as the file shows it; the employee's domain is ours."""
    parties = tuple(
        CallParty(speaker_id=one.speaker_id, name=one.name, email=one.email, affiliation=one.affiliation)
        for one in call.parties
    )
    recorded = RecordedCall(call.call_id, call.started or datetime.now(UTC), parties=parties)
    return have_customers(recorded, call.turns, OurSide(home_domains=frozenset({employee.rpartition("@")[2]})))


def _posted(body: JsonObject, arguments: argparse.Namespace) -> int:
    try:
        caller = Caller(arguments.url, token_of(arguments, "replay"))
        answer = caller.post(PATH, json.dumps(body).encode())
    except ValueError as error:
        return _complain(str(error))
    except Unreachable as error:
        print(f"score-call: {error}; start the platform with ./scripts/run, or look only: --dry-run", file=sys.stderr)
        return 2
    value = _object(answer.body)
    if value is None:
        print(
            f"score-call: {arguments.url} answered {answer.status} with what is no JSON object; is it the API?",
            file=sys.stderr,
        )
        return 2
    if answer.status >= 500:
        print(f"score-call: {value.get('detail', answer.status)}", file=sys.stderr)
        return 2
    if answer.status >= 400:
        return _complain(str(value.get("detail", answer.status)))
    _tell(FieldAnswer.model_validate(value), arguments)
    return 0


def _object(content: bytes) -> JsonObject | None:
    """Returns a JSON object; None for what a proxy or another server says."""
    try:
        value = json.loads(content)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _conversations(arguments: argparse.Namespace) -> tuple[Conversation, ...]:
    """Reads the calls of a file."""
    if arguments.file.suffix in MAIL:
        raise ValueError("mail is not scored by counting")
    return parse_conversations(arguments.file.read_bytes())


def _tell(answer: FieldAnswer, arguments: argparse.Namespace) -> None:
    known = " (known already)" if answer.duplicate else ""
    if answer.standing == "held":
        print(f"\n{answer.observation_id}: held for review{known}. Ratings do not move until a person confirms it:")
        print("add --confirm to vouch for these scores.")
    else:
        print(f"\n{answer.observation_id}: counted{known}, {arguments.reviewer} vouches for it.")
    for line in changes(answer.skill_updates):
        print(f"  {line}")
    for held in answer.held:
        print(f"  {held.competency}: {held.reason}")
    for item in answer.next_recommended_activities:
        print(f"  next: {item.title} ({item.reason})")


def _moment(arguments: argparse.Namespace, started: datetime | None) -> datetime:
    if arguments.at:
        moment = datetime.fromisoformat(arguments.at)
        if moment.tzinfo is None:
            raise ValueError("--at needs a time zone, e.g. 2026-02-10T14:30:00Z")
        return moment
    if started is not None:
        return started
    changed = datetime.fromtimestamp(int(arguments.file.stat().st_mtime), UTC)
    print(f"The file does not say when the call was; taking the file's own time, {changed.isoformat()} (--at sets it).")
    return changed


def _context(arguments: argparse.Namespace) -> JsonObject:
    """Returns the observation's context: what is known of the deal, and the values of the framework's dimensions."""
    values: dict[str, list[str]] = {}
    for dimension, value in arguments.context:
        values.setdefault(dimension, []).append(value)
    known: dict[str, Json] = {"account_name": arguments.account_name, "deal_stage": arguments.stage}
    return {name: value for name, value in known.items() if value} | context_with(values)


def _dimension_and_value(text: str) -> tuple[str, str]:
    dimension, _, value = (part.strip() for part in text.partition("="))
    if not dimension or not value:
        raise argparse.ArgumentTypeError(f"{text!r} is no DIMENSION=VALUE")
    return dimension, value


def _complain(words: str) -> int:
    print(f"score-call: {words}", file=sys.stderr)
    return 1


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/score-call",
        description="Scores a call for one employee with the lexical analyst, and posts the field observation.",
        epilog="Without --confirm the observation waits for a person's review. Formats: Gong's transcript (with or "
        "without its extensive part), or a list of turns with speaker_role, start_ms, duration_ms and text.",
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--employee", required=True, type=str.lower, help="e-mail address of the person to score")
    parser.add_argument("--speaker", help="id or role of that person's voice, where the file does not tell")
    parser.add_argument("--call", help="id of the call, where the file holds several")
    parser.add_argument("--at", help="when the call was, where the file does not tell (ISO 8601 with a time zone)")
    parser.add_argument("--source", default="gong", help="observation source (default: %(default)s)")
    parser.add_argument("--link", help="address of the recording")
    parser.add_argument("--confirm", action="store_true", help="you vouch for the scores: they count")
    parser.add_argument("--reviewer", default=getpass.getuser(), help="who vouches (default: %(default)s)")
    parser.add_argument("--dry-run", action="store_true", help="print the observation, post nothing")
    parser.add_argument("--stage")
    parser.add_argument("--account-name")
    parser.add_argument(
        *("--context", "-c"),
        action="append",
        default=[],
        type=_dimension_and_value,
        metavar="DIMENSION=VALUE",
        help="where it was, in a dimension of the framework; may be repeated",
    )
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="the platform (default: %(default)s)")
    add_who(parser, "data directory of the embedded platform")
    arguments = parser.parse_args(argv)
    if not (arguments.local or arguments.token_file or arguments.token or os.environ.get("AUGMENT_SKILLS_TOKEN")):
        arguments.local = DATA
    return arguments
