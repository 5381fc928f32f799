"""A scorer's certificate from people's decisions, and that a scorer which agrees too little stops counting."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from infra.local.sqlite_documents import SqliteDocuments
from shared.analysts.domain.agreement import LEAST_KAPPA, RETURN_KAPPA
from shared.frameworks.domain.parameters import Untrusted
from shared.frameworks.records import certificate_id_of
from shared.kernel.access import Caller
from shared.kernel.errors import Retryable
from shared.kernel.field_values import FieldValue
from shared.kernel.ids import review_id_of
from shared.kernel.reading import validated
from shared.observations.messages import ObservationRecorded
from shared.ports.documents import Put, Query
from shared.ratings.domain.skill_rating import from_text
from shared.ratings.usecases.profile_answer import profile_answer
from shared.reviews.contract import CompetencyCertificate, OwnScores, ReviewDecision
from shared.reviews.records import Review
from shared.reviews.usecases.certify import Certified
from tests.harness.built import built_once
from tests.harness.crash_harness import ADMINISTRATOR, INDEXES, CrashHarness, Died, Fuse, new_crash_harness, unavailable
from tests.harness.sent_events import answer_of, call
from tests.harness.speed import Moments
from tests.ratings.builders import GENERAL_DISCOVERY, framework

FRAMEWORK = replace(
    framework(GENERAL_DISCOVERY, competencies=("discovery", "listening")), framework_id="sales_engineering"
)
JOE, ENID = "joe@example.com", "enid@example.com"
REVIEWER = Caller(email=ENID, role="enablement", employee_id=ENID)
SCORER = "m-1"
CALLS = 32


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CrashHarness]:
    made = begun(tmp_path)
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a scorer's calls have been reviewed that agrees with people on discovery only."""

    def build(folder: Path) -> None:
        world = begun(folder)
        reviewed(world, 0, last=CALLS, agree=agrees_on_discovery_only)
        world.store.close()

    return built_once(tmp_path_factory, "reviewed", build)


@pytest.fixture
def disagreed(template: Path, tmp_path: Path) -> Iterator[CrashHarness]:
    made = copied(template, tmp_path / "data")
    yield made
    made.store.close()


def copied(template: Path, folder: Path) -> CrashHarness:
    shutil.copytree(template, folder)
    (file,) = folder.glob("*.sqlite")
    return CrashHarness(SqliteDocuments(file, indexes=INDEXES, durable=False), numbers=count(100_000))


def begun(folder: Path) -> CrashHarness:
    world = new_crash_harness(folder, FRAMEWORK)
    world.store.commit([Put("settings/reviews", {"sample_share": 1.0})])
    csv = f"name,email,role\nJoe,{JOE},employee\nEnid,{ENID},enablement\n"
    world.process().people.import_people.from_csv(ADMINISTRATOR, csv.encode())
    return world


def reviewed(world: CrashHarness, first: int, *, last: int, agree: Callable[[int, str], bool]) -> None:
    """Calls of one scorer, each reviewed blind: where it does not agree, the person sees the opposite of the scorer."""
    for number in range(first, last):
        score = 95.0 if number % 2 else 30.0
        raw = call(f"c{number}", analysis=1000, scores={"discovery": score, "listening": score})
        world.facts.clear()
        process = world.process()
        process.record(raw)
        for _, fact in world.facts:
            process.review_items.observe(validated(ObservationRecorded, fact))
        own = [
            {"competency": competency, "score": score if agree(number, competency) else 125 - score}
            for competency in ("discovery", "listening")
        ]
        review = review_id_of("gong", f"c{number}", JOE)
        process.reviews.own_scores.give(REVIEWER, review, OwnScores.model_validate({"scores": own}))
        process.reviews.decide.decide(REVIEWER, review, ReviewDecision(decision="confirm"))
    world.facts.clear()


def agrees_on_discovery_only(number: int, competency: str) -> bool:
    return competency == "discovery" or number % 4 == 0


def competency(world: CrashHarness, name: str) -> CompetencyCertificate:
    (found,) = world.process().certificates.all(ADMINISTRATOR).certificates
    return next(one for one in found.competencies if one.competency == name)


def untrusted(world: CrashHarness) -> tuple[Untrusted, ...]:
    return world.process().configuration.parameters().untrusted


def test_a_scorer_that_agrees_counts_and_one_that_does_not_stops(disagreed: CrashHarness) -> None:
    done = disagreed.process().certify.run()

    assert done == Certified(1, 1, 1)
    good, bad = competency(disagreed, "discovery"), competency(disagreed, "listening")
    assert (good.n, good.verdict, good.kappa, good.within) == (CALLS, "counts", 1.0, 1.0)
    assert (bad.n, bad.verdict) == (CALLS, "stops_counting")
    assert bad.kappa_interval is not None
    assert bad.kappa_interval[0] < 0.4
    assert untrusted(disagreed) == (Untrusted(SCORER, 1, "listening"),)
    assert [part.reason for part in good.by_reason] == ["sample"]
    acts = [(fact["action"], fact["subject"], fact["detail"]) for _, fact in disagreed.facts]
    assert acts == [("scorer.stopped_counting", SCORER, "listening")]
    assert [payload["run_id"] for _, payload in disagreed.tasks] == ["parameters-2"]


def test_other_certificates_enter_the_log_of_changes_and_the_same_do_not(disagreed: CrashHarness) -> None:
    def told() -> int:
        found = disagreed.store.query(Query("changes"))
        return sum(document.data["about"] == ["scorers"] for document in found)

    disagreed.process().certify.run()
    after_the_first = told()
    disagreed.clock.forward(days=1)
    disagreed.process().certify.run()

    assert (after_the_first, told()) == (1, 1)


def test_its_next_scores_of_that_competency_wait_for_a_person(disagreed: CrashHarness) -> None:
    disagreed.process().certify.run()
    disagreed.facts.clear()
    disagreed.process().record(call("next", analysis=1000, scores={"discovery": 70, "listening": 70}))
    ((_, fact),) = disagreed.facts
    assert [(one["competency"], one["waits"]) for one in fact["waiting"]] == [("listening", "untrusted_scorer")]


def test_what_it_had_scored_and_nobody_reviewed_stops_counting_and_the_profile_says_so(world: CrashHarness) -> None:
    """An unreviewed call counts on both competencies until the certificate has fallen."""
    world.process().record(call("unreviewed", analysis=1000, scores={"discovery": 20, "listening": 20}))
    reviewed(world, 0, last=CALLS, agree=agrees_on_discovery_only)
    world.process().ratings.update(JOE)
    before = observations(world)
    world.process().certify.run()
    world.deliver()
    assert before == {"discovery": CALLS + 1, "listening": CALLS + 1}
    assert observations(world) == {"discovery": CALLS + 1, "listening": CALLS}

    process = world.process()
    skills = profile_answer(process.projecting.seen_by(Caller(email=JOE, role="employee", employee_id=JOE), JOE))[
        0
    ].skills
    said = {skill.competency: skill.explanation for skill in skills if skill.context is None}
    assert "1 score by m-1 does not count: it has agreed with people too little" in said["listening"]
    assert "does not count" not in said["discovery"]


def observations(world: CrashHarness) -> dict[str, int]:
    """Field observations per competency in the published ratings."""
    document = world.store.get(f"ratings/{JOE}")
    assert document is not None
    return {row.competency: row.field for row in from_text(document.data["skills"]) if row.context == ""}


def test_with_few_reviews_nothing_is_said_yet(world: CrashHarness) -> None:
    reviewed(world, 0, last=29, agree=lambda number, name: False)
    assert world.process().certify.run() == Certified(1, 0, 0)
    assert competency(world, "discovery").verdict == "too_few"
    assert world.tasks == []


def test_it_counts_again_when_it_agrees_again(disagreed: CrashHarness) -> None:
    disagreed.process().certify.run()
    reviewed(disagreed, CALLS, last=CALLS * 5, agree=lambda number, name: True)
    assert disagreed.process().certify.run().changed == 1
    assert untrusted(disagreed) == ()
    assert [(fact["action"], fact["detail"]) for _, fact in disagreed.facts] == [("scorer.counts_again", "listening")]
    assert disagreed.process().configuration.parameters().version == 3


def test_at_the_line_it_neither_comes_nor_goes(world: CrashHarness) -> None:
    """Ten calls of sixty are seen otherwise: nearly at the line. What it was the night before decides."""
    reviewed(world, 0, last=60, agree=lambda number, name: number >= 10 or name == "discovery")
    world.process().certify.run()
    interval = competency(world, "listening").kappa_interval
    assert interval is not None
    assert LEAST_KAPPA <= interval[0] < RETURN_KAPPA
    assert (competency(world, "listening").verdict, untrusted(world)) == ("counts", ())

    fallen = asdict(Untrusted(SCORER, 1, "listening"))
    world.store.commit([Put("parameters/current", {"version": 2, "untrusted": [fallen]})])
    for _ in range(2):
        assert world.process().certify.run().changed == 0
    assert competency(world, "listening").verdict == "recovering"
    assert competency(world, "discovery").verdict == "counts"
    assert untrusted(world) == (Untrusted(SCORER, 1, "listening"),)

    reviewed(world, 60, last=80, agree=lambda number, name: True)
    assert world.process().certify.run().changed == 1
    assert (competency(world, "listening").verdict, untrusted(world)) == ("counts", ())


def test_having_too_few_pairs_gives_nothing_back(world: CrashHarness) -> None:
    fallen: dict[str, FieldValue] = {"scorer": SCORER, "number": 1, "competency": "listening"}
    world.store.commit([Put("parameters/current", {"version": 7, "drift": 0.5, "untrusted": [fallen]})])
    reviewed(world, 0, last=2, agree=lambda number, name: True)
    world.process().certify.run()
    assert untrusted(world) == (Untrusted(SCORER, 1, "listening"),)
    assert world.process().configuration.parameters().version == 7


def test_what_else_the_parameters_say_is_kept(disagreed: CrashHarness) -> None:
    disagreed.store.commit([Put("parameters/current", {"version": 7, "default": {"drift": 0.5}})])
    disagreed.process().certify.run()
    parameters = disagreed.process().configuration.parameters()
    assert (parameters.version, parameters.default.drift) == (8, 0.5)


def test_what_a_person_has_not_observed_is_counted_apart(world: CrashHarness) -> None:
    unseen = {"not_observed": ["listening"], "scores": [{"competency": "discovery", "score": 70}]}
    for number, body in enumerate(({"decision": "reject"}, {"decision": "confirm"})):
        process = world.process()
        world.facts.clear()
        process.record(call(f"c{number}", analysis=1000, scores={"discovery": 70, "listening": 60}))
        for _, fact in world.facts:
            process.review_items.observe(validated(ObservationRecorded, fact))
        review = review_id_of("gong", f"c{number}", JOE)
        process.reviews.own_scores.give(REVIEWER, review, OwnScores.model_validate(unseen))
        process.reviews.decide.decide(REVIEWER, review, ReviewDecision.model_validate(body))
    world.process().certify.run()
    listening, discovery = competency(world, "listening"), competency(world, "discovery")
    assert (listening.n, listening.dropped, listening.rejected) == (0, 1, 1)
    assert (discovery.n, discovery.dropped, discovery.rejected) == (2, 0, 0)


def test_only_blind_reviews_certify_and_the_others_are_counted_beside(disagreed: CrashHarness) -> None:
    reviews = [
        document.changed(
            decision=document.decision.changed(blind=False) if document.decision else None,
        )
        for document in (Review.read(one) for one in disagreed.store.query(Query("reviews")))
    ]
    disagreed.store.commit([Put(f"reviews/{one.review_id}", one.stored()) for one in reviews])

    assert disagreed.process().certify.run() == Certified(1, 0, 0)

    listening = competency(disagreed, "listening")
    assert (listening.n, listening.not_blind, listening.verdict, listening.certified) == (0, CALLS, "too_few", False)


def test_an_exclusion_stays_until_blind_reviews_lift_it(world: CrashHarness) -> None:
    fallen = asdict(Untrusted(SCORER, 1, "listening"))
    world.store.commit([Put("parameters/current", {"version": 2, "untrusted": [fallen]})])
    reviewed(world, 0, last=29, agree=lambda number, name: True)
    world.process().certify.run()
    assert (competency(world, "listening").verdict, untrusted(world)) == (
        "recovering",
        (Untrusted(SCORER, 1, "listening"),),
    )
    assert competency(world, "listening").kappa_interval is None

    reviewed(world, 29, last=40, agree=lambda number, name: True)
    world.process().certify.run()
    assert (competency(world, "listening").certified, untrusted(world)) == (True, ())


def test_a_certificate_of_before_blind_reviews_certifies_nothing(disagreed: CrashHarness) -> None:
    disagreed.process().certify.run()
    (stored,) = disagreed.store.query(Query("certificates"))
    older = {name: {**of, "not_blind": None} for name, of in stored.data["competencies"].items()}
    disagreed.store.commit([Put(stored.path, {**stored.data, "competencies": older})])

    discovery, listening = competency(disagreed, "discovery"), competency(disagreed, "listening")

    assert (discovery.n, discovery.kappa, discovery.verdict, discovery.not_blind) == (0, None, "too_few", CALLS)
    assert listening.verdict == "recovering", "its exclusion is still in force"


@pytest.mark.parametrize("word", ["Needs Analysis", "needs_analysis", " LISTENING "])
def test_a_new_score_waits_whatever_word_the_sender_has_for_the_competency(tmp_path: Path, word: str) -> None:
    own = framework(
        GENERAL_DISCOVERY,
        competencies=("discovery", "listening"),
        aliases={"listening": ("needs_analysis", "needs analysis")},
    )
    world = new_crash_harness(tmp_path, replace(own, framework_id="sales_engineering"), (JOE,))
    fallen = asdict(Untrusted(SCORER, 1, "listening"))
    world.store.commit([Put("parameters/current", {"version": 2, "untrusted": [fallen]})])
    alone, first, second = (
        call(name, analysis=1000, scores={"discovery": 70, word: 70}) for name in ("alone", "first", "second")
    )
    for outcome in (*world.process().record(alone), *world.process().record(first, second)):
        assert [one["competency"] for one in answer_of(outcome)["held"]] == [word.strip()]


def test_two_analyses_of_one_call_by_one_scorer_tell_how_stable_it_is(world: CrashHarness) -> None:
    other = call("d", source_id="c1", analysis=2000, scores={"discovery": 10})
    other["analysis_metadata"]["model_used"] = "m-2"
    process = world.process()
    for raw in (
        call("a", source_id="c1", analysis=1000, scores={"discovery": 70, "listening": 60}),
        call("b", source_id="c1", analysis=1001, scores={"discovery": 82, "listening": 61}),
        other,
    ):
        process.record(raw)
    for _ in range(2):
        world.process().certify.run()
    stability = competency(world, "discovery").stability
    assert (stability.n, stability.mean_difference, stability.within) == (1, 12.0, 0.0)
    assert competency(world, "listening").stability.within == 1.0


def test_a_thread_that_has_grown_is_no_second_look_at_the_same_words(world: CrashHarness) -> None:
    for name, analysis in (("a", 1000), ("b", 1001)):
        raw = call(name, source_id="thread", analysis=analysis, scores={"discovery": 40 + analysis % 7})
        world.process().record({**raw, "observation_source": "email"})
    assert world.process().certify.run().scorers == 0
    assert world.process().certificates.all(ADMINISTRATOR).certificates == []


def test_each_day_is_kept_and_a_second_run_of_the_day_changes_nothing(disagreed: CrashHarness) -> None:
    process = disagreed.process()
    process.certify.run()
    before = (disagreed.documents(), len(disagreed.tasks), len(disagreed.facts))
    assert process.certify.run().changed == 0
    assert (disagreed.documents(), len(disagreed.tasks), len(disagreed.facts)) == before
    disagreed.clock.forward(days=1)
    process.certify.run()
    days = process.certificates.history(ADMINISTRATOR, certificate_id_of(SCORER)).days
    assert [f"{one.computed_at:%Y-%m-%d}" for one in days] == ["2026-03-05", "2026-03-04"]


@pytest.mark.parametrize("failure", [Died, unavailable])
def test_after_the_retry_nothing_tells_of_a_crash(
    template: Path, tmp_path: Path, failure: Callable[[], BaseException], moments: Moments
) -> None:
    def outcome(point: int | None) -> tuple[Any, ...]:
        world = copied(template, tmp_path / "data")
        fuse = Fuse(point, failure)
        try:
            world.process(fuse).certify.run()
        except (Died, Retryable):
            world.process().certify.run()
        asked = world.asked()
        world.deliver()
        found = (world.documents(), asked, world.published(), fuse.passed)
        world.store.close()
        shutil.rmtree(tmp_path / "data")
        return found

    *wanted, points = outcome(None)
    assert points > 6
    for point in moments.of(range(points)):
        assert list(outcome(point)[:3]) == wanted, f"failed at {point}"


def test_a_recalculation_that_has_ended_long_ago_is_not_asked_for_again(disagreed: CrashHarness) -> None:
    disagreed.process().certify.run()
    disagreed.deliver()
    assert disagreed.tasks == []
    for days in (1, 100):
        disagreed.clock.forward(days=days)
        disagreed.process().certify.run()
    assert disagreed.tasks == []
    assert len(disagreed.store.query(Query("recalculation_runs"))) == 1
