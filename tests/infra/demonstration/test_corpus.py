"""The labelled calls: every file stands by its own format, every label by words that were said, and no two calls by the
same sentence; and Gong's shapes of them read back as the same conversation."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import pstdev

import pytest

from infra.demonstration import catalogue, corpus_gong
from infra.demonstration.authored_yaml import CorpusError
from infra.demonstration.corpus import SPECIAL_CASES, Script
from infra.demonstration.corpus_files import CALLS, calls, read_call
from infra.demonstration.corpus_staging import Employee, StagedCall, digits
from shared.analysts.domain.rubric import Competency
from shared.analysts.lexical.analyst import analyse
from shared.conversations.domain.conversation import Affiliation, MeasuredSpan, choose_speaker, stands
from shared.conversations.domain.participants import participants
from shared.conversations.wire.gong import parse_conversations
from shared.conversations.wire.gong_calls import parse_calls

STARTED = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CAST = {
    "seller": Employee("Joe Smith", "joe@augmentcode.com", "234599484848423001"),
    "colleague": Employee("Amara Okafor", "amara.okafor@augmentcode.com"),
}


def staged(script: Script) -> StagedCall:
    cast = {part: CAST[part] for part in script.employee_parts}
    return StagedCall(script, digits(19, script.slug), STARTED, cast)


@pytest.fixture(params=sorted(CALLS.glob("*.yaml")), ids=lambda path: path.stem, scope="module")
def call(request: pytest.FixtureRequest) -> StagedCall:
    return staged(read_call(request.param))


class TestEveryCall:
    def test_reads_back_from_gongs_answers(self, call: StagedCall) -> None:
        told = {**corpus_gong.transcript_answer([call]), "calls": corpus_gong.extensive_answer([call])["calls"]}
        assert parse_conversations(json.dumps(told).encode()) == (call.conversation,)

    def test_has_details_that_the_reader_of_calls_takes(self, call: StagedCall) -> None:
        answer = parse_calls(json.dumps(corpus_gong.extensive_answer([call])).encode())
        (recorded,) = answer.calls
        assert answer.unreadable == ()
        assert (recorded.call_id, recorded.started, recorded.duration_seconds) == (
            call.call_id,
            STARTED,
            call.duration_seconds,
        )
        assert [party.attended for party in recorded.parties] == [part.attended for part in call.script.parts]
        opportunity, deal = recorded.crm_object("Opportunity"), call.script.deal
        attached = corpus_gong.crm_id("Opportunity", deal.account) if "Opportunity" in deal.crm else None
        assert (opportunity.object_id if opportunity else None) == attached
        employees = {CAST[part].email: part for part in call.script.employee_parts}
        found = {one.employee_id: one.spoke for one in participants(recorded, call.conversation.turns, employees, {})}
        assert found == {part.employee: call.speaks(part.key) for part in call.script.parts if part.employee}

    def test_has_labels_that_stand(self, call: StagedCall) -> None:
        for email, scores in call.labels().items():
            speaker = choose_speaker(call.conversation, email=email)
            for score in scores:
                for piece in score.evidence:
                    assert isinstance(piece, MeasuredSpan) or stands(call.conversation, speaker.speaker_id, piece)

    def test_can_be_analysed(self, call: StagedCall) -> None:
        for email in call.labels():
            speaker = choose_speaker(call.conversation, email=email)
            found = analyse(call.conversation, speaker.speaker_id)
            assert len(found.scores) + len(found.not_observed) == len(Competency)

    def test_keeps_the_authors_order_and_ends_after_its_last_word(self, call: StagedCall) -> None:
        assert [" ".join(turn.text.split()) for turn in call.conversation.turns] == [
            call.filled(line.text) for line in call.script.lines
        ]
        assert call.conversation.duration_ms > max(turn.end_ms for turn in call.conversation.turns)

    def test_leaves_no_placeholder_open(self, call: StagedCall) -> None:
        shown = json.dumps([corpus_gong.extensive_call(call), corpus_gong.transcript_of(call)])
        assert not re.search(r"\{(seller|colleague)", shown)


def test_no_two_calls_share_a_sentence_of_six_words() -> None:
    said = defaultdict(set)
    for script in calls():
        for line in script.lines:
            for sentence in re.split(r"[.?!…]+(?:\s+|$)", line.text):
                words = re.findall(r"[\w']+", sentence.lower())
                if len(words) >= 6:
                    said[" ".join(words)].add(script.slug)
    assert {sentence: slugs for sentence, slugs in said.items() if len(slugs) > 1} == {}


SCRIPT = """\
title: A call
about: For the tests of the format.
account: Orchard Imaging
industry: healthcare
deal_size: smb
stage: discovery
personas: [cto]
products: [platform]
parties:
  S: {employee: seller, words_per_minute: 120}
  C: {name: Ada, affiliation: External}
labels:
  S:
    discovery: {score: 70, quote: "what hurts", because: "Asks."}
    listening: {score: 20, measured: interruptions, because: "Cuts in."}
turns: |
  [Hello]
  S: Hello, I am {seller.first}.
  C: Hello there. Nice to
  S <0.6: So what hurts?
  C >1.5: Mondays.
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "a_call.yaml"
    path.write_text(text, "utf-8")
    return path


class TestFormat:
    def test_words_become_times(self, tmp_path: Path) -> None:
        call = staged(read_call(written(tmp_path, SCRIPT)))
        assert [(turn.start_ms, turn.end_ms, turn.text) for turn in call.conversation.turns] == [
            (900, 2_900, "Hello, I am Joe."),  # four words at 120 a minute
            (3_120, 4_694, "Hello there.\nNice to"),  # 727 ms, a pause of 120 ms, 727 ms, after the usual 220 ms
            (4_094, 5_594, "So what hurts?"),  # 600 ms before the other has ended
            (7_094, 7_457, "Mondays."),  # 1.5 s after
        ]
        assert call.duration_seconds == 9

    def test_labels_stand_on_words_and_on_measurements(self, tmp_path: Path) -> None:
        call = staged(read_call(written(tmp_path, SCRIPT)))
        discovery, listening = call.labels()["joe@augmentcode.com"]
        assert str(discovery.evidence[0]) == "“what hurts” (turn 2)"
        assert str(listening.evidence[0]) == "interruption overlap 600 ms (0:04–0:04)"

    @pytest.mark.parametrize(
        ("was", "becomes", "complaint"),
        [
            ("what hurts", "what helps", r"a_call.yaml:14: this speaker says it in no turn: “what helps”"),
            ('quote: "what hurts"', 'quote: "Mondays"', r"a_call.yaml:14: this speaker says it in no turn"),
            ("score: 70", "score: 101", r"a_call.yaml:14: a whole number from 0 to 100"),
            ("discovery: {", "demo_delivery: {", r"a_call.yaml:14: `demo_delivery` is unknown here"),
            ("measured: interruptions", "measured: mood", r"a_call.yaml:15: `mood` is unknown"),
            ('quote: "what hurts"', "measured: talk ratio", r"a_call.yaml:14: only listening may stand"),
            ('quote: "what hurts", ', "", r"a_call.yaml:14: a label has a `quote`"),
            ("  S:\n    disc", "  C:\n    disc", r"a_call.yaml:14: `C` takes no employee's part"),
            ("C: Hello there", "D: Hello there", r"a_call.yaml:19: `D` speaks and is no party that attended"),
            ("S <0.6:", "S <<0.6:", r"a_call.yaml:20: a turn is `KEY: words`"),
            ("{seller.first}", "{seller.age}", r"a_call.yaml:18: `{seller.age}` is no placeholder"),
            ("{seller.first}", "{colleague.first}", r"a_call.yaml:18: `{colleague.first}` is no placeholder"),
            ("account: Orchard Imaging", "account: Elsewhere", r"a_call.yaml:3: `Elsewhere` is unknown"),
            ("stage: discovery", "stage: discovery\nstage: demo", r"a_call.yaml:7: `stage` is given twice"),
            ("about: For", "abuot: For", r"a_call.yaml:2: `abuot` is unknown here"),
            ("employee: seller", "affiliation: Internal", r"a_call.yaml:10: one party takes the seller's part"),
            ("title: A call", "title: [", r"a_call.yaml:\d+: no YAML"),
        ],
    )
    def test_says_where_it_is_wrong(self, tmp_path: Path, was: str, becomes: str, complaint: str) -> None:
        assert was in SCRIPT
        with pytest.raises(CorpusError, match=complaint):
            read_call(written(tmp_path, SCRIPT.replace(was, becomes, 1)))

    def test_an_overlap_within_the_turn_before_is_accepted_and_a_longer_one_is_not(self, tmp_path: Path) -> None:
        call = staged(read_call(written(tmp_path, SCRIPT.replace("S <0.6:", "S <1.6:"))))
        with pytest.raises(CorpusError, match=r"a_call.yaml:20: this overlap is longer than the turn"):
            _ = call.conversation

    def test_needs_a_cast(self, tmp_path: Path) -> None:
        with pytest.raises(CorpusError, match="nobody takes the part of seller"):
            StagedCall(read_call(written(tmp_path, SCRIPT)), "7", STARTED, {})


class TestGongsShapes:
    def test_who_never_spoke_has_no_speaker_id_and_who_was_invited_only_did_not_attend(self) -> None:
        script = next(script for script in calls() if script.case == "silent_colleague")
        parties = corpus_gong.extensive_call(staged(script))["parties"]
        silent = next(party for party in parties if party["name"] == "Amara Okafor")
        assert "speakerId" not in silent
        assert silent["userId"].isdigit()
        assert silent["methods"] == ["Invitee", "Attendee"]
        absent = next(party for party in parties if party["methods"] == ["Invitee"])
        assert "speakerId" not in absent
        assert "userId" not in absent

    def test_ids_are_strings_of_digits_and_the_crms_values_keep_their_types(self) -> None:
        details = [corpus_gong.extensive_call(staged(script)) for script in calls()]
        for one in details:
            assert re.fullmatch(r"\d{18,20}", one["metaData"]["id"])
            assert one["metaData"]["primaryUserId"] == "234599484848423001"
        fields = [
            field
            for one in details
            for context in one["context"]
            for record in context["objects"]
            for field in record["fields"]
        ]
        assert {type(field["value"]) for field in fields} == {str, int, float, bool, type(None)}

    def test_a_crm_id_has_the_checksum_that_salesforce_defines(self) -> None:
        made = corpus_gong.crm_id("Opportunity", "Acme Health")
        assert re.fullmatch(r"006[A-Za-z0-9]{12}[A-Z0-5]{3}", made)
        upper = ["".join("1" if char.isupper() else "0" for char in made[at : at + 5])[::-1] for at in (0, 5, 10)]
        assert made[15:] == "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[int(bits, 2)] for bits in upper)


def test_everybody_outside_is_somebody_else_in_every_call() -> None:
    """A reader, and a database of people, can tell the customers apart by their addresses."""
    addresses = [part.email for script in calls() for part in script.parts if part.email is not None]
    assert len(addresses) == len(set(addresses))
    assert all(
        part.affiliation is not Affiliation.INTERNAL or part.employee or part.email is None
        for script in calls()
        for part in script.parts
    )


def labelled_scores(competency: str) -> list[int]:
    return [
        label.score
        for script in calls()
        for labels in script.labels.values()
        for label in labels
        if label.competency == competency
    ]


@pytest.mark.parametrize("competency", list(Competency))
def test_there_are_enough_labels_and_they_differ(competency: str) -> None:
    scores = labelled_scores(competency)
    assert len(scores) >= 12
    assert pstdev(scores) > 10
    assert min(scores) < 60 < 75 <= max(scores)


def test_every_rare_case_is_there() -> None:
    assert {script.case for script in calls()} == {None, *SPECIAL_CASES}
    assert len(calls()) == 40
    assert max(len(script.lines) for script in calls()) >= 150
    assert min(len(script.lines) for script in calls()) < 10


def test_instructions_inside_a_call_raise_no_label() -> None:
    """Who asks the recording for 100 points gets what the call shows."""
    for script in calls():
        if script.case in {"injection_by_the_customer", "injection_read_aloud"}:
            assert all(label.score < 95 for labels in script.labels.values() for label in labels)


def test_industries_stages_and_sizes_are_all_there() -> None:
    assert {script.deal.industry for script in calls()} == set(catalogue.ACCOUNTS)
    assert {script.deal.stage for script in calls()} == set(catalogue.STAGES)
    assert {script.deal.deal_size for script in calls()} == {"enterprise", "mid-market", "smb"}
    assert {persona for script in calls() for persona in script.deal.personas} == {
        name for name, _ in catalogue.PERSONAS
    }
