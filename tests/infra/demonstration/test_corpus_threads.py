"""The labelled e-mail threads: mailboxes that the standard library reads, whose own words carry the labels."""

from __future__ import annotations

import mailbox
import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.demonstration.authored_yaml import CorpusError
from infra.demonstration.corpus_staging import Employee
from infra.demonstration.corpus_threads import THREADS, StagedThread, Thread, read_thread, threads
from shared.analysts.lexical.analyst import analyse
from shared.conversations.domain.conversation import Quote, stands

BEGAN = datetime(2026, 3, 2, tzinfo=UTC)
CAST = {
    "seller": Employee("Joe Smith", "joe@augmentcode.com"),
    "colleague": Employee("Amara Okafor", "amara.okafor@augmentcode.com"),
}


def staged(thread: Thread, thread_id: str = "thread-7", began: datetime = BEGAN) -> StagedThread:
    return StagedThread(thread, thread_id, began, {part: CAST[part] for part in thread.script.employee_parts})


@pytest.fixture(params=sorted(THREADS.glob("*.yaml")), ids=lambda path: path.stem, scope="module")
def thread(request: pytest.FixtureRequest) -> StagedThread:
    return staged(read_thread(request.param))


class TestEveryThread:
    def test_is_a_mailbox_that_the_standard_library_reads(self, thread: StagedThread, tmp_path: Path) -> None:
        path = tmp_path / "export.mbox"
        path.write_bytes(thread.mbox)
        read = mailbox.mbox(path, create=False)
        assert [one["Message-ID"] for one in read] == [one["Message-ID"] for one in thread.messages]
        assert [one.defects for one in thread.messages] == [[] for _ in thread.messages]

    def test_answers_only_what_was_sent_before(self, thread: StagedThread) -> None:
        seen: set[str] = set()
        for message in thread.messages:
            referred = re.findall(r"<[^>]+>", f"{message['In-Reply-To'] or ''} {message['References'] or ''}")
            assert set(referred) <= seen
            seen.add(str(message["Message-ID"]))
        assert len(seen) == len(thread.messages)

    def test_has_labels_that_stand(self, thread: StagedThread) -> None:
        assert thread.labels()
        for email, scores in thread.labels().items():
            for score in scores:
                (piece,) = score.evidence
                assert isinstance(piece, Quote)
                assert stands(thread.conversation, email, piece)

    def test_can_be_analysed(self, thread: StagedThread) -> None:
        for email in thread.labels():
            assert analyse(thread.conversation, email).call_id == "thread-7"

    def test_keeps_own_words_and_leaves_out_what_is_quoted(self, thread: StagedThread) -> None:
        for turn in thread.conversation.turns:
            assert not re.search(
                r"^>| wrote:|Original Message|\{(seller|colleague|day|thread)", turn.text, re.MULTILINE
            )

    def test_moves_with_the_day_it_began(self, thread: StagedThread) -> None:
        week = timedelta(days=7)
        later = staged(thread.thread, "thread-8", BEGAN + week)
        assert later.conversation.started == (thread.conversation.started or BEGAN) + week
        assert [turn.start_ms for turn in later.conversation.turns] == [
            turn.start_ms for turn in thread.conversation.turns
        ]
        assert not {str(one["Message-ID"]) for one in later.messages} & {
            str(one["Message-ID"]) for one in thread.messages
        }


def test_no_two_threads_share_a_sentence_of_six_words() -> None:
    said = defaultdict(set)
    for thread in threads():
        for line in thread.script.lines:
            for sentence in re.split(r"[.?!…]+(?:\s+|$)", line.text):
                words = re.findall(r"[\w']+", sentence.lower())
                if len(words) >= 6:
                    said[" ".join(words)].add(thread.script.slug)
    assert {sentence: slugs for sentence, slugs in said.items() if len(slugs) > 1} == {}


def test_there_are_good_and_bad_ones() -> None:
    means = [
        sum(label.score for label in labels) / len(labels)
        for thread in threads()
        for labels in thread.script.labels.values()
    ]
    assert len(threads()) == 6
    assert min(means) < 40 < 80 < max(means)


LABELS = """\
title: A thread
about: For the tests.
account: Orchard Imaging
industry: healthcare
deal_size: smb
stage: discovery
personas: [cto]
products: [platform]
parties:
  S: {employee: seller}
  C: {name: Ada, affiliation: External, email: ada@orchard.example}
labels:
  S:
    discovery: {score: 70, quote: "What hurts?", because: "Asks."}
"""
MBOX = """\
From ada@orchard.example {day 0} 10:00:00
From: Ada <ada@orchard.example>
To: {seller.email}
Subject: Hello
Date: {day 0} 10:00:00 +0100
Message-ID: <{thread}.1@orchard.example>
Content-Type: text/plain; charset=utf-8

Hello {seller.first},
we should talk.

-- 
Ada, Head of Platform
From {seller.email} {day 1} 09:00:00
From: {seller.name} <{seller.email}>
To: ada@orchard.example
Subject: Re: Hello
Date: {day 1} 09:00:00 +0100
Message-ID: <{thread}.2@mail.augmentcode.com>
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

With pleasure =E2=80=93 gladly. What hur=
ts?

On {day 0} at 10:00, Ada wrote:
> Hello {seller.first},
> we should talk.
"""


def written(tmp_path: Path, labels: str = LABELS, mbox: str = MBOX) -> Path:
    path = tmp_path / "a_thread.yaml"
    path.write_text(labels, "utf-8")
    path.with_suffix(".mbox").write_text(mbox, "utf-8")
    return path


class TestReading:
    def test_a_message_is_a_turn(self, tmp_path: Path) -> None:
        conversation = staged(read_thread(written(tmp_path))).conversation
        assert conversation.medium == "email"
        assert conversation.started == datetime(2026, 3, 2, 9, tzinfo=UTC)
        assert [(turn.speaker_id, turn.start_ms, turn.text) for turn in conversation.turns] == [
            ("ada@orchard.example", 0, "Hello Joe, we should talk."),
            ("joe@augmentcode.com", 23 * 3_600_000, "With pleasure – gladly. What hurts?"),
        ]

    def test_answers_between_the_quoted_lines_are_own_words(self, tmp_path: Path) -> None:
        between = MBOX.replace("With pleasure =E2=80=93 gladly. What hur=\nts?\n\n", "").replace(
            "> we should talk.\n", "\nHello Ada.\n\n> we should talk.\n\nWhat hurts?\n"
        )
        conversation = staged(read_thread(written(tmp_path, mbox=between))).conversation
        assert conversation.turns[1].text == "Hello Ada.\nWhat hurts?"

    @pytest.mark.parametrize(
        ("labels", "mbox", "complaint"),
        [
            (("What hurts?", "we should talk"), None, r"a_thread.yaml:14: this speaker says it in no turn"),
            (('quote: "What hurts?"', "measured: talk ratio"), None, r"a_thread.yaml:14: only listening"),
            (
                ('discovery: {score: 70, quote: "What hurts?"', "listening: {score: 70, measured: talk ratio"),
                None,
                r"a_thread.yaml:13: nothing can be measured on e-mail",
            ),
            ((", email: ada@orchard.example", ""), None, r"a_thread.yaml:10: `C` has no email"),
            (None, ("From: Ada <ada@", "From: Ada <bob@"), r"a_thread.mbox:1: `bob@orchard.example` writes"),
            (None, ("Date: {day 1}", "Date: {day 0} 09:00, not"), r"a_thread.mbox:14: a message needs a Date"),
            (None, ("Hello {seller.first},\nwe", "Hello {seller.age},\nwe"), r"a_thread.mbox:1: `{seller.age}`"),
            (
                None,
                ("With pleasure =E2=80=93 gladly. What hur=\nts?\n", ""),
                r"a_thread.mbox:14: the message says nothing",
            ),
            (None, ("From ada@", "from ada@"), r"a_thread.mbox:1: a mailbox begins"),
        ],
    )
    def test_says_where_it_is_wrong(
        self, tmp_path: Path, labels: tuple[str, str] | None, mbox: tuple[str, str] | None, complaint: str
    ) -> None:
        path = written(
            tmp_path,
            LABELS.replace(*labels, 1) if labels else LABELS,
            MBOX.replace(*mbox, 1) if mbox else MBOX,
        )
        with pytest.raises(CorpusError, match=complaint):
            read_thread(path)
