"""Plays one engineer's half year of practice, learning and calls, day by day, as the model says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from infra.demonstration import catalogue, model
from infra.demonstration.catalogue import Content
from infra.demonstration.dice import Dice
from infra.demonstration.events import Event, iso
from infra.web.events import FIELD_OBSERVATIONS, LEARNING_ACTIVITIES, VALIDATION_EVENTS
from shared.frameworks.domain.framework import Scenario
from shared.kernel.json_values import Json, JsonObject


@dataclass
class History:
    """One engineer's half year, simulated day by day."""

    seed: int
    as_of: date
    name: str
    sequence: int = 0
    attempts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        dice = self.dice = Dice(self.seed, "history", self.name)
        self.email = catalogue.address(self.name)
        self.started_days_ago = model.NEW.get(self.name, model.DAYS + 90)
        new = self.name in model.NEW
        self.learning = dice.between(1.2, 1.8) if new else dice.between(0.6, 1.5)
        self.activity = dice.between(0.5, 1.5)
        gap = dice.normal(2, 2.5)
        self.gap = model.APART.get(self.name, gap)
        strength = dice.normal(2, 5)
        strength = model.STRENGTH.get(self.name, -8 if new else strength)
        home = tuple(dice.some(model.INDUSTRIES, dice.whole(1, 3)))
        self.home = model.HOME.get(self.name, home)
        self.industries = tuple(i for i in model.INDUSTRIES if i != model.NEVER.get(self.name))
        competencies = list(model.framework().by_competency)
        self.start = {
            c: model.FLOOR.get(c, model.FLOOR_OF_OTHERS)
            + strength
            + dice.normal(0, 5)
            + model.WEAK.get((self.name, c), 0.0)
            for c in competencies
        }
        # Whom practice flatters is weak in the field, and the other way round.
        if self.name in model.APART:
            self.start = dict.fromkeys(competencies, 80.0 if self.gap < 0 else 64.0)
        self.skill = dict(self.start)
        self.familiarity = {
            (c, i): model.HARDNESS[i] + (2.0 if i in self.home else -5.0) + dice.normal(0, 2.5)
            for c in competencies
            for i in model.INDUSTRIES
        }
        self.accounts = {i: dice.some(catalogue.ACCOUNTS[i], 4) for i in model.INDUSTRIES}
        self.products = dice.some(model.PRODUCTS, 2)
        self.takes_v2 = dice.chance(model.V2_TAKERS) and self.name not in (model.EXPIRED, model.NEARLY_NOTHING)
        self.at_bootcamp = dice.chance(0.5)

    def events(self) -> Iterator[Event]:
        """Yields the person's events, roughly in order of time."""
        if self.name == model.NEARLY_NOTHING:
            yield self._role_play(self._at(2), next(s for s in model.scenarios("role_play") if not s.context))
            return
        if self.name == model.EXPIRED:
            yield from self._certified_long_ago()
        planned = self._planned_exams()
        for days_ago in range(min(model.DAYS, self.started_days_ago - 5), 0, -1):
            for competency, start in self.start.items():
                self.skill[competency] -= model.FORGETTING * (self.skill[competency] - start)
            if days_ago == model.BOOTCAMP_DAYS_AGO and self.at_bootcamp:
                yield self._training(days_ago, catalogue.BOOTCAMP, "manager_assigned", model.LEARNED_AT_BOOTCAMP)
            if self._date(days_ago).weekday() < 5:
                yield from self._workday(days_ago)
                for scenario_id in planned.get(days_ago, ()):
                    yield from self._exam(days_ago, scenario_id)

    def _planned_exams(self) -> dict[int, list[str]]:
        """Maps days ago, never at a weekend, to the exams of that day."""
        exams = {
            "platform-v2-certification": self.takes_v2,
            "security-and-compliance-exam": self.dice.chance(0.6),
            "architecture-certification": self.dice.chance(0.45),
        }
        planned: dict[int, list[str]] = {}
        for scenario_id, taken in exams.items():
            days_ago = self.dice.whole(4, model.V2_CAMPAIGN_DAYS_AGO)
            while self._date(days_ago).weekday() > 4:
                days_ago -= 1
            if taken:
                planned.setdefault(days_ago, []).append(scenario_id)
        return planned

    def _workday(self, days_ago: int) -> Iterator[Event]:
        if self._happens("training"):
            yield self._training(days_ago, self._content(days_ago), *self._assignment())
        if self._happens("role_play"):
            yield self._role_play(self._at(days_ago), self._scenario("role_play"))
        if self._happens("quiz"):
            scenario = self._scenario("multiple_choice_test")
            expired_line = scenario.context == (("product_line", "platform-v2"),) and self.name == model.EXPIRED
            if not expired_line:
                yield self._quiz(self._at(days_ago), scenario, model.PASS_QUIZ, "quiz")
        if self._happens("lab"):
            yield self._role_play(self._at(days_ago), self._scenario("hands_on_lab"))
        calls = int(self._happens("call")) + int(self.dice.chance(0.15) and self._happens("call"))
        for _ in range(calls):
            yield self._call(self._at(days_ago))

    def _certified_long_ago(self) -> Iterator[Event]:
        """Yields an exam and the two calls that validated it, all before the half year begins."""
        exam = next(s for s in model.framework().scenarios if s.scenario_id == "platform-v2-certification")
        yield self._quiz(self._at(model.EXPIRED_EXAM_DAYS_AGO), exam, model.PASS_EXAM, "exam", at_least=92)
        for days_ago in (model.EXPIRED_EXAM_DAYS_AGO - 4, model.EXPIRED_EXAM_DAYS_AGO - 9):
            yield self._call(self._at(days_ago), products=["platform-v2"], at_least=84)

    def _exam(self, days_ago: int, scenario_id: str) -> Iterator[Event]:
        """Yields an exam, prepared for; who fails tries once more a week later."""
        scenario = next(s for s in model.framework().scenarios if s.scenario_id == scenario_id)
        first = self._quiz(self._at(days_ago), scenario, model.PASS_EXAM, "exam", prepared=9.0)
        yield first
        if not first.body["passed"] and days_ago > 8:
            yield self._quiz(self._at(days_ago - 7), scenario, model.PASS_EXAM, "exam", prepared=12.0)

    def _happens(self, kind: str) -> bool:
        return self.dice.chance(self.activity * model.RATE[kind])

    def _date(self, days_ago: int) -> date:
        return self.as_of - timedelta(days=days_ago)

    def _at(self, days_ago: int) -> datetime:
        """Picks a minute of the working day, UTC."""
        clock = time(self.dice.whole(8, 17), self.dice.whole(0, 59), tzinfo=UTC)
        return datetime.combine(self._date(days_ago), clock)

    def _id(self, kind: str) -> str:
        """Makes a stable id: the same (seed, as_of, person, number) always gives the same."""
        self.sequence += 1
        return f"{kind}_{self._digest(kind)[:16]}"

    def _digest(self, kind: str) -> str:
        text = f"{self.seed}:{self.as_of}:{self.email}:{kind}:{self.sequence}"
        return hashlib.sha256(text.encode()).hexdigest()

    def _practise(self, competencies: tuple[str, ...], industry: str | None, rate: float) -> None:
        """Learns from an event (see the module's model)."""
        for competency in competencies:
            self.skill[competency] += self.learning * rate * (97 - self.skill[competency])
            if industry:
                away = min(self.familiarity[competency, industry], 0.0)
                self.familiarity[competency, industry] -= 2 * rate * away

    def _true(self, competency: str, industry: str | None, *, practice: bool) -> float:
        """Returns the latent skill; an event without an industry is played at home."""
        known = self.familiarity[competency, industry] if industry else 0.0
        return self.skill[competency] + known + (self.gap if practice else 0.0)

    def _score(self, latent: float, session: float, noise: float) -> int:
        return model.clip(latent + session + self.dice.normal(0, noise))

    def _scenario(self, activity_type: str) -> Scenario:
        """Picks what people meet and so practise: own industries first, never one that they never meet."""
        several = model.scenarios(activity_type)
        weights = []
        for scenario in several:
            industry = dict(scenario.context).get("industry")
            core = scenario.competencies[0] in model.framework().core
            weight = 2.0 if core else 1.0
            if industry:
                weight *= 1.6 if industry in self.home else 0.25 if industry in self.industries else 0.0
            weights.append(weight)
        return self.dice.pick(several, weights)

    def _role_play(self, at: datetime, scenario: Scenario) -> Event:
        """Plays a voice role-play, or a hands-on lab."""
        kind = "lab" if scenario.activity_type == "hands_on_lab" else "role_play"
        context = dict(scenario.context)
        if kind == "role_play" and "deal_size" not in context and self.dice.chance(0.5):
            context["deal_size"] = self.dice.pick(("enterprise", "mid-market", "smb"), (0.5, 0.3, 0.2))
        session = self.dice.normal(0, 4)
        noise = 4.0 if kind == "lab" else 4.5
        industry = context.get("industry")
        shares = {
            competency: self._score(self._true(competency, industry, practice=True), session, noise)
            for competency in scenario.competencies
        }
        scores = [self._competency_score(competency, share, context) for competency, share in shares.items()]
        overall = round(sum(shares.values()) / len(shares))
        self._practise(scenario.competencies, industry, model.LEARNED_FROM[kind])
        self.attempts[scenario.scenario_id] = self.attempts.get(scenario.scenario_id, 0) + 1
        event_id = self._id("evt")
        return Event(
            VALIDATION_EVENTS,
            {
                "event_id": event_id,
                "employee_id": self.email,
                "event_type": scenario.activity_type,
                "event_source": "voice-roleplay" if kind == "role_play" else "lab-platform",
                "timestamp": iso(at),
                "overall_score": overall,
                "passed": overall >= model.PASS_ROLE_PLAY,
                "competency_scores": scores,
                "details_url": f"gs://demonstration-roleplay-results/{event_id}.json",
                "session_metadata": {
                    "duration_seconds": scenario.minutes * 60 + self.dice.whole(-180, 240),
                    "scenario_id": scenario.scenario_id,
                    "attempt_number": self.attempts[scenario.scenario_id],
                    "certification_eligible": False,
                },
            },
        )

    def _quiz(
        self, at: datetime, scenario: Scenario, pass_at: int, kind: str, *, prepared: float = 0.0, at_least: int = 0
    ) -> Event:
        """Makes a multiple-choice test, or an exam; `prepared`: points won by preparing for it."""
        context = dict(scenario.context)
        industry = context.get("industry")
        questions = 40 if kind == "exam" else self.dice.pick((15, 20, 25))
        shares = {}
        for competency in scenario.competencies:
            expected = model.clip(self._true(competency, industry, practice=True) + prepared + self.dice.normal(0, 7))
            shares[competency] = max(at_least, expected)
        scores = [self._competency_score(competency, share, context) for competency, share in shares.items()]
        mean = sum(shares.values()) / len(shares)
        correct = round(questions * mean / 100)
        overall = round(100 * correct / questions)
        self._practise(scenario.competencies, industry, model.LEARNED_FROM[kind])
        event_id = self._id("evt")
        return Event(
            VALIDATION_EVENTS,
            {
                "event_id": event_id,
                "employee_id": self.email,
                "event_type": scenario.activity_type,
                "event_source": "cert-system" if kind == "exam" else "quiz-platform",
                "timestamp": iso(at),
                "overall_score": overall,
                "passed": overall >= pass_at,
                "competency_scores": scores,
                "details_url": f"https://quiz-platform.example/results/{event_id}",
                "session_metadata": {
                    "duration_seconds": questions * self.dice.whole(30, 75),
                    "scenario_id": scenario.scenario_id,
                    "questions_total": questions,
                    "questions_correct": correct,
                    "certification_eligible": kind == "exam" and overall >= pass_at,
                },
            },
        )

    @staticmethod
    def _competency_score(competency: str, score: int, context: dict[str, str]) -> JsonObject:
        entry: dict[str, Json] = {"competency": competency, "score": score}
        if context:
            entry["context"] = dict(sorted(context.items()))
        return entry

    def _call(self, at: datetime, *, products: list[str] | None = None, at_least: int = 0) -> Event:
        """Makes a customer call, analysed and, unless the analysis was unsure, looked at by a person."""
        dice = self.dice
        industry = dice.pick(self.industries, [5.0 if i in self.home else 0.6 for i in self.industries])
        stages = tuple(catalogue.STAGES)
        stage = "demo" if products else dice.pick(stages, catalogue.STAGE_WEIGHTS)
        # A call about given products is there to show product knowledge; others show what they happen to show.
        seen = tuple(c for c, share in catalogue.STAGES[stage] if dice.chance(share) or products)
        scores = self._scores_in_a_call(seen, industry, at_least)
        self._practise(seen, industry, model.LEARNED_FROM["call"])
        unsure = dice.chance(model.HELD_SHARE) and not products
        context = self._context_of_a_call(industry, stage, products)
        observation_id = self._id("obs_gong")
        call = str(int(self._digest("call")[:15], 16))
        return Event(
            FIELD_OBSERVATIONS,
            {
                "observation_id": observation_id,
                "employee_id": self.email,
                "observation_source": "gong",
                "source_id": f"call-{call}",
                "timestamp": iso(at),
                "competency_scores": scores,
                "context": context,
                "source_url": f"https://gong.example/call/{call}",
                "analysis_metadata": {
                    "model_used": "demonstration-generator",
                    "confidence_score": round(dice.between(0.35, 0.595) if unsure else dice.between(0.72, 0.97), 2),
                    "human_reviewed": not unsure,
                },
            },
        )

    def _context_of_a_call(self, industry: str, stage: str, products: list[str] | None) -> JsonObject:
        dice = self.dice
        account = dice.pick(self.accounts[industry])
        words, weights = zip(*catalogue.PERSONAS, strict=True)
        personas = {dice.pick(words, weights) for _ in range(2 if dice.chance(0.3) else 1)}
        discussed = {dice.pick(self.products if dice.chance(0.85) else model.PRODUCTS)}
        if dice.chance(0.15):
            discussed.add(dice.pick(model.PRODUCTS))
        return {
            "account_name": account,
            "industry": industry,
            "deal_size": catalogue.size_of(account),
            "deal_stage": stage,
            "buyer_personas": sorted(personas),
            "products_discussed": products or sorted(discussed),
        }

    def _scores_in_a_call(self, seen: tuple[str, ...], industry: str, at_least: int) -> list[JsonObject]:
        session = self.dice.normal(0, 4)
        scores: list[JsonObject] = []
        for competency in seen:
            score = max(at_least, self._score(self._true(competency, industry, practice=False), session, 6.0))
            level = 0 if score < 60 else 1 if score < 80 else 2
            sentence = catalogue.EVIDENCE[competency][level].format(n=self.dice.whole(2, 8))
            scores.append({"competency": competency, "score": score, "evidence": sentence})
        return scores

    def _content(self, days_ago: int) -> Content:
        """Picks content of one's own industries first, platform v2's only during its campaign."""
        several = [
            content
            for content in catalogue.CONTENT
            if (content.industry is None or content.industry in self.industries)
            and (content.product_line != "platform-v2" or days_ago <= model.V2_CAMPAIGN_DAYS_AGO)
        ]
        return self.dice.pick(several, [1.5 if content.industry in self.home else 1.0 for content in several])

    def _assignment(self) -> tuple[str, float]:
        kind = self.dice.pick(("self_serve", "manager_assigned", "auto_triggered"), (0.45, 0.25, 0.3))
        return kind, model.LEARNED_FROM["training"]

    def _training(self, days_ago: int, content: Content, assignment: str, rate: float) -> Event:
        """Makes a learning activity; one in eight stays unfinished."""
        dice = self.dice
        started = self._at(days_ago)
        finished = dice.chance(0.875)
        activity_id = self._id("act")
        body: dict[str, Json] = {
            "activity_id": activity_id,
            "employee_id": self.email,
            "activity_type": content.activity_type,
            "content_id": content.content_id,
            "content_title": content.title,
            "content_url": f"https://learning.example/{content.content_id}",
            "started_at": iso(started),
        }
        if finished:
            # At most four hours after the latest start (17:59): always on the same day, never after `as_of`.
            body["completed_at"] = iso(started + timedelta(minutes=content.minutes + dice.whole(0, 8)))
            body["completion_percentage"] = 100
            self._practise(content.competencies, content.industry, rate)
            if content.quiz:
                mean = sum(self._true(c, content.industry, practice=True) for c in content.competencies)
                score = model.clip(mean / len(content.competencies) + dice.normal(3, 7))
                body["quiz_score"] = score
                body["quiz_passed"] = score >= model.PASS_QUIZ
        else:
            body["completion_percentage"] = dice.whole(2, 18) * 5
        body["related_competencies"] = list(content.competencies)
        tags = {"industry": content.industry, "product_line": content.product_line}
        body["context_tags"] = {name: [value] for name, value in tags.items() if value}
        body["assignment_type"] = assignment
        if assignment != "self_serve":
            industry = content.industry or dice.pick(self.home)
            account = dice.pick(self.accounts[industry]).lower().replace(" ", "_")
            reasons = {"auto_triggered": f"upcoming_meeting_{account}", "manager_assigned": "skill_gap_detected"}
            body["trigger_reason"] = reasons[assignment]
            body["due_date"] = iso(
                datetime.combine(started.date() + timedelta(days=dice.whole(0, 4)), time(17), tzinfo=UTC)
            )
        return Event(LEARNING_ACTIVITIES, body)
