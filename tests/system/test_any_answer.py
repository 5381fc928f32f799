"""Whatever the recorder answers, a call ends as an observation, a retry, a quarantine entry, or a recorded decision.

The functions' own edges on the embedded stores, the vendor's client over HTTP, `ingest` over HTTP: only the queue's
threads are left out, so that a thousand answers take seconds. Answers are in the vendor's shape, with parts missing,
null, of another type, enormous, from other alphabets, out of time; or an error with any of the vendor's statuses.

Deliberate ends, each recorded with the call and published: nobody of ours spoke, the call is private, an employee
spoke and there was nothing to score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st
from werkzeug.wrappers import Request, Response

from functions.ingest.main import edge
from infra.local.ambient import FolderSecrets
from infra.local.environment import EmbeddedEnvironment
from infra.local.platform import SYSTEM
from infra.local.runtime import open_parts
from tests.analysts.sales_call import SAID
from tests.harness.crash_harness import Notes
from tests.harness.function_process import served
from tests.harness.platform import Platform
from tests.harness.web import Asked, Told, serving
from tests.proofs.cost_per_call import sales_engineering

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment
from tests.system.call_mill import (
    BEGINNING,
    BUYER,
    EXTENSIVE,
    GOOD_DETAILS,
    GOOD_ID,
    JOE,
    NOTHING,
    ODD,
    SELLER,
    TRANSCRIPT,
    Mill,
    answers,
    told,
)


@pytest.fixture(scope="module")
def mill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mill]:
    directory = tmp_path_factory.mktemp("mill")
    log = Notes()

    def answer(asked: Asked) -> Told:
        return made.answers[asked.path]

    with closing(open_parts(directory, log=log)) as parts, serving(answer) as url:
        values = {
            "AUGMENT_GONG_URL": url,
            "AUGMENT_GONG_PER_SECOND": "1000000",
            "AUGMENT_GONG_PER_DAY": "1000000",
            "AUGMENT_CALLS_FROM": BEGINNING.isoformat(),
            "AUGMENT_HOME_DOMAINS": "ours.example",
            "SECRET_GONG_ACCESS": "key:secret",
        }
        adapters = EmbeddedEnvironment(parts, values)
        adapters.secrets = FolderSecrets(directory / "secrets", parts.pipeline.secrets, values)
        platform = Platform(adapters)
        platform.publish_frameworks.install(sales_engineering(), SYSTEM)
        platform.people.import_people.from_csv(SYSTEM, f"name,email\nJoe Smith,{JOE}\n".encode())
        ingest = edge(platform.on)

        def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Any:
            content, status, headers = ingest.handle(Request(environ))
            return Response(content, status, dict(headers))(environ, start_response)

        with served(serve) as address:
            parts.addresses["api"] = address
            made = Mill(platform, parts)
            yield made


def turns() -> list[dict[str, Any]]:
    at, found = 0, []
    for speaker, text in SAID:
        who = SELLER if text == SAID[0][1] or speaker == SAID[0][0] else BUYER
        end = at + 333 * len(text.split())
        found.append({"speakerId": who, "topic": "Demo", "sentences": [{"start": at, "end": end, "text": text}]})
        at = end + 300
    return found


GOOD_TRANSCRIPT: dict[str, Any] = {"requestId": "r", "callTranscripts": [{"callId": GOOD_ID, "transcript": turns()}]}
MILLISECONDS = st.integers(-5_000, 200_000) | st.sampled_from(
    [0, 1, 604_800_000, 604_800_001, 2**53, 10**30, 0.5, None, "7"]
)
WORDS = st.sampled_from([text for _, text in SAID]) | st.text(max_size=30)
SENTENCE = st.fixed_dictionaries({}, optional={"start": MILLISECONDS, "end": MILLISECONDS, "text": WORDS})
SOUND_SENTENCE = st.builds(
    lambda start, length, text: {"start": start, "end": start + length, "text": text},
    st.integers(0, 200_000),
    st.integers(0, 20_000),
    WORDS,
)
MONOLOGUE = st.fixed_dictionaries(
    {"sentences": st.lists(SOUND_SENTENCE | SENTENCE, max_size=4) | st.lists(SOUND_SENTENCE, max_size=4)},
    optional={"speakerId": st.sampled_from([SELLER, BUYER, SELLER, int(SELLER), None, "9"]), "topic": ODD},
)
TRANSCRIPTS = st.builds(
    lambda said: {"callTranscripts": [{"callId": GOOD_ID, "transcript": said}]}, st.lists(MONOLOGUE, max_size=8)
)
"""Overlaps, silence, sentences that end before they begin, voices that nobody has."""


def without_voice() -> dict[str, Any]:
    body = deepcopy(GOOD_DETAILS)
    del body["calls"][0]["parties"][0]["speakerId"]
    return body


def private() -> dict[str, Any]:
    body = deepcopy(GOOD_DETAILS)
    body["calls"][0]["metaData"]["isPrivate"] = True
    return body


def begun(moment: str) -> dict[str, Any]:
    """A call of a deal at the edge of what a calendar holds."""
    body = deepcopy(GOOD_DETAILS)
    body["calls"][0]["metaData"] |= {"started": moment, "scheduled": moment}
    return body


def without_deal() -> dict[str, Any]:
    """A call whose deal has to be found among those of its account."""
    body = deepcopy(GOOD_DETAILS)
    del body["calls"][0]["context"][0]["objects"][0]
    return body


def internal() -> dict[str, Any]:
    body = deepcopy(GOOD_DETAILS)
    body["calls"][0]["metaData"]["scope"] = "Internal"
    return body


ENDS = {"observation", "retry", "quarantine", "nobody", "internal", "private", "nothing to score"}
THE_BUYER_ALONE = {"callTranscripts": [{"callId": GOOD_ID, "transcript": [
    {"speakerId": BUYER, "sentences": [{"start": 0, "end": 1, "text": "Hello?"}]}]}]}  # fmt: skip
ONE_WORD = {"callTranscripts": [{"callId": GOOD_ID, "transcript": [
    {"speakerId": SELLER, "sentences": [{"start": 0, "end": 1, "text": "Um"}]}]}]}  # fmt: skip


def test_any_answer_about_a_call_gives_one_of_the_ends(mill: Mill, request: pytest.FixtureRequest) -> None:
    @settings(max_examples=request.config.getoption("--answers", 80), suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.just(told(GOOD_DETAILS)) | answers(GOOD_DETAILS),
        st.just(told(GOOD_TRANSCRIPT)) | answers(GOOD_TRANSCRIPT, TRANSCRIPTS),
    )
    @example(told(GOOD_DETAILS), told(GOOD_TRANSCRIPT))
    @example(told(GOOD_DETAILS), told(ONE_WORD))
    @example(told(GOOD_DETAILS), Told(NOTHING, 404))
    @example(told(GOOD_DETAILS), Told(b"<html>", 200))
    @example(Told({}, 500), told(GOOD_TRANSCRIPT))
    @example(told(without_voice()), told(GOOD_TRANSCRIPT))
    @example(told(GOOD_DETAILS), told(THE_BUYER_ALONE))
    @example(told(internal()), told(GOOD_TRANSCRIPT))
    @example(told(private()), told(GOOD_TRANSCRIPT))
    @example(told(begun("0001-01-01T00:00:00Z")), told(GOOD_TRANSCRIPT))
    @example(told(without_deal()), told(GOOD_TRANSCRIPT))
    @example(told(begun("9999-12-31T23:59:59.999999Z")), told(GOOD_TRANSCRIPT))
    def gives_one_of_the_ends(details: Told, transcript: Told) -> None:
        mill.answers = {EXTENSIVE: details, TRANSCRIPT: transcript}
        end = mill.import_one()
        event(end)
        ends[end] += 1

    ends: Counter[str] = Counter()
    gives_one_of_the_ends()
    assert ends.keys() == ENDS
    assert ends["observation"] > 5, "most answers are not so odd that nothing comes of them"


def test_any_listing_leaves_no_call_unaccounted_for(mill: Mill, request: pytest.FixtureRequest) -> None:
    """A page with a good call and a bent one: the good one is queued whatever stands beside it, unless nobody can read
    the page; the bent one is queued, set aside, or nobody's business."""

    @settings(max_examples=request.config.getoption("--answers", 80), suppress_health_check=[HealthCheck.too_slow])
    @given(answers(GOOD_DETAILS))
    @example(told(GOOD_DETAILS))
    @example(told({"calls": [{"metaData": {"id": GOOD_ID}}]}))
    @example(Told(b"<html>", 200))
    @example(Told({}, 500))
    @example(told(private()))
    def accounts_for(page: Told) -> None:
        end = mill.list_one(page)
        event(end)
        ends[end] += 1

    ends: Counter[str] = Counter()
    accounts_for()
    assert ends.keys() == {"queued", "quarantine", "retry", "nobody's business"}
