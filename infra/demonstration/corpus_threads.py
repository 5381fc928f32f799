"""The labelled e-mail threads: a mailbox file in mbox format per thread, and its labels beside it.

`threads/<slug>.mbox` is what a mail client exports: messages as RFC 5322 has them, each after a line that begins with
`From `, quotations, signatures and encodings included. Beside the employees' placeholders of the calls it holds
`{day N}` (the date, N days after the thread began) and `{thread}` (for message ids). `threads/<slug>.yaml` says what
the thread is about and how it was labelled, by the rubric of `calls/README.md`.

A message's own words are its plain text without what it quotes and without the signature.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from functools import cache, cached_property
from pathlib import Path

from infra.demonstration.authored_yaml import CorpusError, Place, read_yaml
from infra.demonstration.corpus import EMPLOYEE_PARTS, SPECIAL_CASES, Line, Part, Script
from infra.demonstration.corpus_files import HEADER, check_placeholders, read_deal, read_labels, read_parts
from infra.demonstration.corpus_staging import Employee, filled, find_quote
from shared.conversations.domain.call_analysis import JudgedScore
from shared.conversations.domain.conversation import Conversation, Party, Turn

THREADS = Path(__file__).parent / "threads"

_DAY = re.compile(r"\{day (\d{1,3})\}")
_SEPARATOR = re.compile(r"^From .*\n", re.MULTILINE)
_QUOTES_FOLLOW = re.compile(
    r"^(?:On .{4,200}\bwrote:|-{3,} ?Original Message ?-{3,}|_{10,}|From: .+\n(?:Sent|Date): .+)\s*$",
    re.MULTILINE,
)
_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
_READING_DAY = datetime(2026, 3, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread as written. script: what it is about, its labels, and a line per message; mbox: the file's text."""

    script: Script
    mbox: str


@cache
def threads() -> tuple[Thread, ...]:
    """Reads every thread, by file name. Raises CorpusError, naming file and line."""
    return tuple(read_thread(path) for path in sorted(THREADS.glob("*.yaml")))


def read_thread(path: Path) -> Thread:
    """Reads one thread: the file with the labels, and the mailbox file of the same name beside it.

    Raises CorpusError, naming file and line.
    """
    root = read_yaml(path)
    header = root.mapping(required=HEADER, optional=("case", "crm"))
    parts = read_parts(header["parties"])
    for part in parts:
        if part.employee is None and part.email is None:
            raise header["parties"].error(f"`{part.key}` has no email; in a thread that is who they are")
    mailbox = path.with_suffix(".mbox")
    mbox = mailbox.read_text("utf-8")
    lines = tuple(_lines(header["parties"], mailbox.name, mbox, parts))
    spoken = {part.key: [line.text for line in lines if line.key == part.key] for part in parts}
    labels = read_labels(header["labels"], parts, spoken)
    if any(label.measured for of_one in labels.values() for label in of_one):
        raise header["labels"].error("nothing can be measured on e-mail; a quote is needed")
    script = Script(
        slug=path.stem,
        title=header["title"].text(),
        about=header["about"].text(),
        case=header["case"].text(SPECIAL_CASES) if "case" in header else None,
        deal=read_deal(header),
        parts=parts,
        labels=labels,
        lines=lines,
        medium="email",
    )
    return Thread(script, mbox)


def _lines(place: Place, name: str, mbox: str, parts: tuple[Part, ...]) -> Iterator[Line]:
    """Yields a line per message, its number being where the message begins in the mailbox file."""
    # Read as if played by themselves, so that the labels' quotes keep their placeholders.
    undercover = {part: Employee(f"{{{part}.name}}", f"{part}@cast.example") for part in EMPLOYEE_PARTS}
    keys = {undercover[part.employee].email if part.employee else part.email: part.key for part in parts}
    latest: datetime | None = None
    starts = [match.start() for match in _SEPARATOR.finditer(mbox)]
    if not starts or starts[0] != 0:
        raise CorpusError(f"{name}:1: a mailbox begins with a line `From …`")
    for start, end in zip(starts, [*starts[1:], len(mbox)], strict=True):
        number = mbox.count("\n", 0, start) + 1
        text = mbox[start:end]
        known = _DAY.sub("", text).replace("{thread}", "")
        try:
            check_placeholders(place, number, known, parts)
        except CorpusError as error:
            raise CorpusError(str(error).replace(".yaml", ".mbox", 1)) from None
        addressed = text
        for part, employee in undercover.items():
            addressed = addressed.replace(f"{{{part}.email}}", employee.email)
        message = _parse(_dated(addressed, _READING_DAY).replace("{thread}", "thread"))
        sender = _sender(message)
        if sender not in keys:
            raise CorpusError(f"{name}:{number}: `{sender or 'nobody'}` writes and is no party of the thread")
        sent = _sent(message)
        if sent is None or (latest is not None and sent <= latest):
            raise CorpusError(f"{name}:{number}: a message needs a Date later than the one before")
        latest = sent
        words = own_words(message)
        if not words:
            raise CorpusError(f"{name}:{number}: the message says nothing of its own")
        yield Line(number, keys[sender], None, words, str(message["Subject"] or "") or None)


@dataclass(frozen=True)
class StagedThread:
    """A thread played by certain employees. thread_id: printable, without spaces; began: the day of `{day 0}`."""

    thread: Thread
    thread_id: str
    began: datetime
    cast: Mapping[str, Employee]

    def __post_init__(self) -> None:
        missing = [part for part in self.thread.script.employee_parts if part not in self.cast]
        if missing:
            raise CorpusError(f"{self.thread.script.slug}: nobody takes the part of {', '.join(missing)}")

    @cached_property
    def mbox(self) -> bytes:
        """Writes the mailbox file as a mail client exports it."""
        text = filled(_dated(self.thread.mbox, self.began), self.cast)
        return text.replace("{thread}", self.thread_id).encode("utf-8")

    @cached_property
    def messages(self) -> tuple[EmailMessage, ...]:
        """Returns the messages in the order of the file."""
        return tuple(_parse(one) for one in _SEPARATOR.split(self.mbox.decode("utf-8"))[1:])

    @cached_property
    def conversation(self) -> Conversation:
        """Makes a turn per message: who, the time of sending from the first message on, their own words."""
        sent = [_sent(message) or self.began for message in self.messages]
        turns = [
            Turn(_sender(message), _milliseconds(at - sent[0]), _milliseconds(at - sent[0]), own_words(message))
            for message, at in zip(self.messages, sent, strict=True)
        ]
        return Conversation(
            call_id=self.thread_id,
            started=sent[0],
            duration_ms=max(turn.end_ms for turn in turns),
            parties=tuple(self._party(part) for part in self.thread.script.parts),
            turns=tuple(turns),
            medium="email",
        )

    def labels(self) -> dict[str, tuple[JudgedScore, ...]]:
        """Returns, per e-mail of a scored employee, the scores as a reader gave them, with confidence 1."""
        found = {}
        for key, labels in self.thread.script.labels.items():
            email = self._party(self.thread.script.part(key)).email or ""
            found[email] = tuple(
                JudgedScore(
                    label.competency,
                    label.score,
                    1.0,
                    (find_quote(self.conversation, email, filled(label.quote or "", self.cast)),),
                    filled(label.because, self.cast),
                )
                for label in labels
            )
        return found

    def _party(self, part: Part) -> Party:
        employee = self.cast[part.employee] if part.employee is not None else None
        email = employee.email if employee else part.email
        return Party(
            speaker_id=email if any(line.key == part.key for line in self.thread.script.lines) else None,
            name=employee.name if employee else part.name,
            email=email,
            affiliation=part.affiliation,
        )


def own_words(message: EmailMessage) -> str:
    """Takes the plain text of a message without quotations and signature, one line per paragraph."""
    body = message.get_body(preferencelist=("plain",))
    if body is None:
        return ""
    text = str(body.get_content()).replace("\r\n", "\n")
    for ending in (_SIGNATURE, _QUOTES_FOLLOW):
        # Answers written between quoted lines come after "wrote:", so only a block without any is cut off.
        for match in ending.finditer(text):
            rest = text[match.end() :]
            if ending is _SIGNATURE or not _answered_below(match, rest):
                text = text[: match.start()]
                break
            text = text[: match.start()] + "\n" + rest
            break
    kept = [line for line in text.split("\n") if not line.startswith(">")]
    paragraphs = re.split(r"\n\s*\n", "\n".join(kept))
    return "\n".join(" ".join(one.split()) for one in paragraphs if one.strip())


def _answered_below(introduction: re.Match[str], rest: str) -> bool:
    """Tells whether what follows "… wrote:" is quoted line by line, with answers in between."""
    if not introduction.group().rstrip().endswith("wrote:"):
        return False
    quoted = [line.startswith(">") for line in rest.split("\n") if line.strip()]
    return any(quoted) and not all(quoted)


def _parse(message: str) -> EmailMessage:
    parsed = BytesParser(policy=policy.default).parsebytes(_SEPARATOR.sub("", message, count=1).encode("utf-8"))
    assert isinstance(parsed, EmailMessage)
    return parsed


def _sender(message: EmailMessage) -> str:
    return next((address.lower() for _, address in getaddresses([str(message["From"] or "")])), "")


def _sent(message: EmailMessage) -> datetime | None:
    try:
        return parsedate_to_datetime(str(message["Date"])).astimezone(UTC)
    except ValueError:
        return None


def _dated(text: str, began: datetime) -> str:
    return _DAY.sub(lambda match: f"{began + timedelta(days=int(match[1])):%a, %d %b %Y}", text)


def _milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)
