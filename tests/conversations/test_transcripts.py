"""What was said is kept for a year, reads back as it was, and can be forgotten."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.local.files import LocalFiles
from shared.conversations.domain.call_analysis import CallAnalysis, JudgedScore, Scorer, Unobserved
from shared.conversations.domain.conversation import Affiliation, Conversation, MeasuredSpan, Party, Turn, quote
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.conversations.wire.stored_conversation import decode_analysis, decode_conversation
from shared.kernel.errors import Malformed
from tests.harness.crash_harness import Watch

JOE = "joe@example.com"
CALL = Conversation(
    call_id="7782342274025937895",
    started=datetime(2026, 3, 3, 10, tzinfo=UTC),
    duration_ms=60_000,
    parties=(Party("1", "Joe", JOE, Affiliation.INTERNAL), Party("2", None, None, Affiliation.UNKNOWN, "caller")),
    turns=(
        Turn("1", 0, 900, "What slows your builds?"),
        Turn(None, 950, 1200, "mm hm"),
        Turn("2", 1300, 4000, "Züge\nTests."),
    ),
)
ANALYSIS = CallAnalysis(
    scorer=Scorer("claude", "claude-sonnet-5-5", "rubric-1", "prompt-1", 3),
    call_id=CALL.call_id,
    speaker_id="1",
    scores=(
        JudgedScore("discovery", 81, 0.8, (quote(CALL, 0, 0, 23),), "Asks openly."),
        JudgedScore("listening", 60, 0.7, (MeasuredSpan("talk ratio", 0, 4000, "22 %"),)),
    ),
    unobserved=(Unobserved("closing", "no next step"),),
    deal={"industry": ("healthcare",), "buyer_persona": ("ciso",), "product_line": ("platform",), "voltage": ("low",)},
    notes=("cut into 2 parts",),
)


@pytest.fixture
def files(tmp_path: Path) -> LocalFiles:
    return LocalFiles(tmp_path)


@pytest.fixture
def clock() -> Watch:
    return Watch()


@pytest.fixture
def store(files: LocalFiles, clock: Watch) -> TranscriptStore:
    kept = TranscriptStore(files, clock)
    kept.keep("gong", CALL)
    kept.keep_analysis("gong", JOE, 3000, ANALYSIS)
    return kept


def test_both_read_back_as_they_were(store: TranscriptStore) -> None:
    assert store.conversation("gong", CALL.call_id) == CALL
    assert store.analysis("gong", CALL.call_id, JOE, 3000) == ANALYSIS


def test_after_a_year_nobody_reads_them_and_a_sweep_deletes_them(
    store: TranscriptStore, clock: Watch, files: LocalFiles
) -> None:
    clock.forward(days=364)
    store.keep("gong", CALL)
    assert store.conversation("gong", CALL.call_id) == CALL
    assert store.sweep() == 0

    clock.forward(days=2)

    assert store.conversation("gong", CALL.call_id) is None
    assert store.analysis("gong", CALL.call_id, JOE, 3000) is None
    assert store.sweep() == 1
    assert files.list() == []


def test_a_call_is_forgotten_with_all_that_was_quoted_from_it(store: TranscriptStore, files: LocalFiles) -> None:
    other = "someone@example.com"
    store.keep_analysis("gong", other, 3000, ANALYSIS)

    assert store.forget_analyses_of("gong", CALL.call_id, JOE) == 1
    assert store.analysis("gong", CALL.call_id, other, 3000) is not None

    assert store.forget("gong", CALL.call_id) == 4
    assert files.list() == []


def test_sources_and_ids_with_slashes_do_not_meet(store: TranscriptStore) -> None:
    assert store.conversation("gong/7782342274025937895", "x") is None
    store.forget("gong", "")
    assert store.conversation("gong", CALL.call_id) == CALL


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b'{"call_id": 1}', b"\xff"])
def test_what_cannot_be_read_says_so(raw: bytes) -> None:
    with pytest.raises(Malformed):
        decode_conversation(raw)
    with pytest.raises(Malformed):
        decode_analysis(raw)
