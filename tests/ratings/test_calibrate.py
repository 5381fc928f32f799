"""A night's calibration: what is published when, beside what else changes the parameters, and what is shown of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from shared.frameworks.domain.parameters import Lean, Noise, Parameters, Untrusted
from shared.frameworks.domain.published_parameters import rounded, same_numbers
from shared.frameworks.records import SettingsRecords
from shared.kernel.access import Caller
from shared.kernel.errors import Forbidden, NotFound, Retryable
from shared.ports.documents import Put
from shared.ports.warehouse import Row
from shared.ratings.domain import calibration, calibration_rows
from shared.ratings.domain.calibration_rows import ScoreRow, scores_by_competency
from shared.ratings.domain.calibration_scores import CompetencyScores
from shared.ratings.domain.skill_rating import from_text
from shared.ratings.usecases import calibrate
from shared.ratings.usecases.calibrate import Calibrated
from shared.reviews.usecases.trust_scorers import TrustScorers
from tests.harness.crash_harness import (
    ADMINISTRATOR,
    CrashEnvironment,
    CrashHarness,
    Died,
    Fuse,
    Process,
    new_crash_harness,
    unavailable,
)
from tests.harness.sent_events import role_play
from tests.ratings.builders import GENERAL_DISCOVERY, framework

FRAMEWORK = replace(
    framework(GENERAL_DISCOVERY, competencies=("discovery", "closing")), framework_id="sales_engineering"
)
JOE = "joe@example.com"


@dataclass
class Answers:
    """The `Warehouse` port, as far as a calibration asks it. pairs: (source, difference)"""

    rows: list[Row] = field(default_factory=list)
    pairs: list[tuple[str, float]] = field(default_factory=list)

    def ask(self, question: str) -> Sequence[Row]:
        if question == "calibration_scores":
            return self.rows
        return [
            {"source": source, "review_id": f"r{number}", "difference": difference}
            for number, (source, difference) in enumerate(self.pairs)
        ]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CrashHarness]:
    made = new_crash_harness(tmp_path, FRAMEWORK, (JOE,))
    yield made
    made.store.close()


def process(world: CrashHarness, answers: Answers, fuse: Fuse | None = None) -> Process:
    on = CrashEnvironment(world, fuse or Fuse())
    on.ports["warehouse"] = answers
    return Process(on)


def night(world: CrashHarness, answers: Answers, fuse: Fuse | None = None) -> Calibrated:
    return process(world, answers, fuse).calibrate.run()


def row(competency: str, person: str, day: int = 20000, score: float = 70.0, **fields: Any) -> Row:
    return {
        "competency": competency, "person": person, "day": day, "score": score,
        "practice": False, "source": "gong", "analysis": 0, **fields,
    }  # fmt: skip


def stored(world: CrashHarness, path: str = "parameters/current") -> dict[str, Any]:
    document = world.store.get(path)
    assert document is not None, path
    return dict(document.data)


def in_force(world: CrashHarness) -> Parameters:
    return SettingsRecords(world.store).parameters() or Parameters()


@pytest.fixture
def taught(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets what a calibration learns of noise; how far scorers lean stays the real one's."""

    def teach(**noises: Noise) -> None:
        def learnt(scores: Any, differences: Any, before: Parameters) -> Parameters:
            return replace(REAL(scores, differences, before), competencies=noises)

        monkeypatch.setattr(calibrate, "calibrated", learnt)

    return teach


REAL = calibration.calibrated


class TestPublishes:
    def test_nothing_where_nothing_is_known(self, world: CrashHarness) -> None:
        assert night(world, Answers()) == Calibrated(1, False, 0, 0)
        assert world.store.get("parameters/current") is None
        assert world.facts == []

    def test_what_blind_pairs_say_once(self, world: CrashHarness) -> None:
        answers = Answers(pairs=[("gong", 4.0)] * 40)
        assert night(world, answers) == Calibrated(2, True, 0, 40)
        before = world.documents()
        assert night(world, answers) == Calibrated(2, False, 0, 40)
        assert world.documents() == before
        lean = in_force(world).scorers["gong"]
        assert (lean.pairs, round(lean.bias)) == (40, 4)
        assert [(fact["action"], fact["detail"]) for _, fact in world.facts] == [("parameters.calibrated", "version 2")]

    def test_no_version_for_less_than_rounding_or_for_a_count(
        self, world: CrashHarness, taught: Callable[..., None]
    ) -> None:
        taught(discovery=Noise(sigma=9.5, observations=40))
        assert night(world, Answers()).version == 2
        taught(discovery=Noise(sigma=9.504, observations=41))
        assert night(world, Answers()) == Calibrated(2, False, 0, 0)
        taught(discovery=Noise(sigma=9.51, observations=42))
        assert night(world, Answers()).version == 3
        assert in_force(world).competencies == {"discovery": Noise(sigma=9.51, observations=42)}

    def test_versions_that_can_be_read_afterwards(self, world: CrashHarness, taught: Callable[..., None]) -> None:
        taught(discovery=Noise(sigma=9.5, observations=40), closing=Noise(sigma=8.0, observations=50))
        night(world, Answers())
        first = in_force(world)
        taught(discovery=Noise(sigma=9.0, observations=44), closing=Noise(sigma=8.0, observations=51))
        world.clock.forward(days=1)
        night(world, Answers())
        kept = SettingsRecords(world.store).parameters_versions(10)
        assert [(one.version, one.published_by, one.since) for one in kept] == [
            (3, "calibrate-ratings", {"closing": 2, "discovery": 3}),
            (2, "calibrate-ratings", {"closing": 2, "discovery": 2}),
        ]
        assert kept[1].parameters == first
        assert kept[0].published_at > kept[1].published_at

    def test_without_a_competency_that_the_framework_no_longer_has(
        self, world: CrashHarness, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[str] = []

        def learnt(scores: dict[str, CompetencyScores], differences: Any, before: Parameters) -> Parameters:
            seen.extend(scores)
            return before

        monkeypatch.setattr(calibrate, "calibrated", learnt)
        night(world, Answers([row("discovery", "a"), row("whistling", "a")]))
        assert seen == ["discovery"]

    def test_what_a_vanished_competency_had_is_gone_from_the_next_version(
        self, world: CrashHarness, taught: Callable[..., None]
    ) -> None:
        taught(discovery=Noise(sigma=9.0, observations=40), whistling=Noise(sigma=5.0, observations=40))
        night(world, Answers())
        taught(discovery=Noise(sigma=9.0, observations=40))
        assert night(world, Answers()).version == 3
        assert stored(world)["competencies"].keys() == {"discovery"}
        assert process(world, Answers()).configuration.parameters().noise_of("whistling") == Noise()

    def test_from_one_person_alone(self, world: CrashHarness) -> None:
        rows = [row("discovery", "a", 20000 + day, 60.0 + day) for day in range(5)]
        done = night(world, Answers(rows))
        assert done.scores == 5
        noise = process(world, Answers()).configuration.parameters().noise_of("discovery")
        assert 0 < noise.sigma < 100

    @pytest.mark.parametrize("place", range(8))
    def test_whole_or_not_at_all_wherever_it_dies(self, world: CrashHarness, place: int) -> None:
        answers = Answers(pairs=[("gong", 4.0)] * 40)
        with suppress(Died):
            night(world, answers, Fuse(place))
        assert night(world, answers).version == 2
        assert stored(world, "parameter_versions/2")["parameters"]["scorers"] == stored(world)["scorers"]

    def test_again_when_the_store_was_away(self, world: CrashHarness) -> None:
        with pytest.raises(Retryable):
            night(world, Answers(pairs=[("gong", 4.0)]), Fuse(0, unavailable))
        assert night(world, Answers(pairs=[("gong", 4.0)])).changed


class TestBesideTrust:
    """Certificates write parameters as well; neither loses the other's part, in whatever order."""

    def trust(self, world: CrashHarness) -> None:
        running = world.process()
        trust = TrustScorers(running.documents, running.configuration, running.recalculate, running.audit, world.clock)
        trust.publish({("m-1", "discovery")}, set(), {"m-1": {1}})

    def learn(self, world: CrashHarness) -> None:
        night(world, Answers(pairs=[("gong", 4.0)] * 40))

    @pytest.mark.parametrize("order", list(permutations(["trust", "learn", "learn"])))
    def test_in_any_order(self, world: CrashHarness, order: Sequence[str]) -> None:
        for what in order:
            getattr(self, what)(world)
        found = in_force(world)
        assert found.untrusted == (Untrusted("m-1", 1, "discovery"),)
        assert (found.version, found.scorers["gong"].pairs) == (3, 40)
        newest = SettingsRecords(world.store).parameters_version(3)
        assert newest is not None
        assert newest.trusted_since == 2 + list(dict.fromkeys(order)).index("trust")
        assert newest.leaning_since == {"gong": 2 + list(dict.fromkeys(order)).index("learn")}

    def test_while_the_other_publishes(self, world: CrashHarness) -> None:
        """What is learnt from was read before; what is written stands on what is in force by then."""

        class Slow(Answers):
            def ask(inner, question: str) -> Sequence[Row]:
                if question == "blind_pairs":
                    self.trust(world)
                return super().ask(question)

        night(world, Slow(pairs=[("gong", 4.0)] * 40))
        assert in_force(world).untrusted == (Untrusted("m-1", 1, "discovery"),)
        assert in_force(world).scorers["gong"].pairs == 40

    def test_a_calibration_alone_has_nobody_recalculated_a_second_time(self, world: CrashHarness) -> None:
        self.trust(world)
        world.process().certify.run()
        assert [payload["run_id"] for _, payload in world.tasks] == ["parameters-2"]
        world.deliver()
        self.learn(world)
        world.process().certify.run()
        assert world.tasks == []


def test_the_nightly_recalculation_rates_with_it_and_a_rating_says_so(
    world: CrashHarness, taught: Callable[..., None]
) -> None:
    world.process().record(role_play("p1"), role_play("p2", score=90))
    world.deliver()
    assert stored(world, f"ratings/{JOE}")["parameters_version"] == 1
    before = from_text(stored(world, f"ratings/{JOE}")["skills"])
    taught(discovery=Noise(sigma=30.0, practice=30.0, observations=99))
    night(world, Answers())
    run = world.process().recalculate.start(started_by="schedule", nightly=True)
    while world.tasks:
        world.process().recalculation_task(world.tasks.pop(0)[1])
    assert world.process().recalculate.progress(run.run_id).changed == 1
    after = stored(world, f"ratings/{JOE}")
    assert after["parameters_version"] == 2
    assert from_text(after["skills"]) != before


class TestIsShown:
    def test_as_shipped(self, world: CrashHarness) -> None:
        found = process(world, Answers()).calibration.show(ADMINISTRATOR)
        assert (found.version, found.published_at, found.versions, found.scorers) == (1, None, [], [])
        assert [(one.competency, one.learnt, one.sigma, one.since_version) for one in found.competencies] == [
            ("closing", False, 12.0, None),
            ("discovery", False, 12.0, None),
        ]

    def test_what_was_learnt_from_how_much_and_since_when(
        self, world: CrashHarness, taught: Callable[..., None]
    ) -> None:
        taught(discovery=Noise(sigma=9.5, likeness=0.2, observations=40))
        night(world, Answers([row("discovery", "a"), row("discovery", "b", source="visit")], [("gong", 4.0)] * 40))
        found = process(world, Answers()).calibration.show(ADMINISTRATOR)
        discovery = next(one for one in found.competencies if one.competency == "discovery")
        assert (discovery.learnt, discovery.sigma, discovery.rho) == (True, 9.5, 0.2)
        assert (discovery.observations, discovery.since_version) == (40, 2)
        assert [(one.scorer, one.learnt, one.pairs, one.since_version) for one in found.scorers] == [
            ("gong", True, 40, 2),
            ("visit", False, 0, None),
        ]
        assert (found.scorers[1].bias, found.scorers[1].error) == (0.0, 4.0)
        assert [(one.version, one.observations, one.pairs) for one in found.versions] == [(2, 40, 40)]

    def test_as_it_was_in_a_former_version(self, world: CrashHarness, taught: Callable[..., None]) -> None:
        for sigma in (9.5, 9.0):
            taught(discovery=Noise(sigma=sigma, observations=40))
            night(world, Answers())
        for version, sigma in ((1, 12.0), (2, 9.5), (3, 9.0), (None, 9.0)):
            found = process(world, Answers()).calibration.show(ADMINISTRATOR, version)
            assert (found.version, found.in_force) == (version or 3, 3)
            assert {one.sigma for one in found.competencies if one.competency == "discovery"} == {sigma}
        with pytest.raises(NotFound, match="no version 4"):
            process(world, Answers()).calibration.show(ADMINISTRATOR, 4)

    def test_to_administrators_only(self, world: CrashHarness) -> None:
        for role in ("employee", "manager", "enablement", "cro"):
            with pytest.raises(Forbidden):
                process(world, Answers()).calibration.show(Caller(email=JOE, role=role, employee_id=JOE))


class TestRows:
    def test_one_person_is_one_number_and_practice_is_told_apart(self) -> None:
        rows = [
            ScoreRow("closing", "b", 20001, 60.5, False, "gong", 0),
            ScoreRow("closing", "a", 20000, 90.0, True, "voice-roleplay", 0),
            ScoreRow("closing", "b", 20002, 61.0, False, "visit", 0),
        ]
        found = scores_by_competency(rows, [FRAMEWORK], ())["closing"]
        assert found.person.tolist() == [1, 0, 1]
        assert (found.day.tolist(), found.score.tolist()) == ([20001, 20000, 20002], [60.5, 90.0, 61.0])
        assert found.practice.tolist() == [False, True, False]
        assert [found.scorers[number] for number in found.scorer.tolist()] == ["gong", "voice-roleplay", "visit"]
        assert calibration_rows.field_scorers({"closing": found}) == ("gong", "visit")

    def test_what_a_rating_leaves_out_is_left_out(self) -> None:
        untrusted = [Untrusted("m-1", 7, "discovery"), Untrusted("elsewhere", 0, "closing")]
        rows = [
            ScoreRow("discovery", "a", 20000, 10.0, False, "gong", 7000),
            ScoreRow("discovery", "a", 20001, 20.0, False, "gong", 0),
            ScoreRow("discovery", "a", 20002, 30.0, False, "gong", 8000),
            ScoreRow("closing", "a", 20003, 40.0, False, "gong", 7000),
        ]
        found = scores_by_competency(rows, [FRAMEWORK], untrusted)
        assert found["discovery"].score.tolist() == [20.0, 30.0]
        assert found["closing"].score.tolist() == [40.0]


def test_rounding_and_what_is_the_same() -> None:
    learnt = Parameters(
        competencies={"b": Noise(sigma=9.4567, likeness=0.12345, observations=7)}, scorers={"x": Lean(1.239, 2.0, 3)}
    )
    assert rounded(learnt).competencies["b"] == Noise(sigma=9.46, likeness=0.123, observations=7)
    assert rounded(learnt).scorers["x"] == Lean(1.24, 2.0, 3)
    assert same_numbers(learnt, replace(learnt, version=9, untrusted=(Untrusted("m", 1, "b"),)))
    assert not same_numbers(learnt, replace(learnt, scorers={}))


def test_parameters_of_before_versions_were_kept_are_the_first(world: CrashHarness) -> None:
    world.store.commit([Put("parameters/current", {"version": 7, "default": {"drift": 0.5}})])
    night(world, Answers(pairs=[("gong", 4.0)] * 40))
    found = SettingsRecords(world.store).parameters_version(8)
    assert found is not None
    assert (in_force(world).version, in_force(world).default.drift, found.trusted_since) == (8, 0.5, 7)
