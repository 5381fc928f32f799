"""Sees one person's state through a framework: the ratings of their skills on one day, or on several.

A profile has the general skill, each single dimension seen, each full context seen, and each context that a rule names.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import count, repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from shared.frameworks.domain.framework import Framework, Rule
from shared.frameworks.domain.framework_index import FrameworkIndex, Skill, index_of
from shared.frameworks.domain.parameters import Parameters
from shared.kernel.context import Context, counts_for, decode_context, decode_skill, encode_skill
from shared.kernel.days import SECONDS_PER_DAY
from shared.observations.domain.effective_entries import EffectiveEntries
from shared.observations.domain.entry import PENDING_REVIEW, REJECTED, Entry
from shared.ratings.domain.leaning import Leaning, is_beside, leaning_behind
from shared.ratings.domain.scorer_exclusion import LeftOut, ScorerExclusion, by_scorer
from shared.ratings.domain.skill_rating import Direction, Progress, SkillRating, says_something
from shared.ratings.domain.weights import FEW_ROWS, RATING_WINDOW_DAYS

if TYPE_CHECKING:  # numpy is loaded with the first rating, not before the first answer
    from shared.ratings.domain.batch_rating import RatedSeries
    from shared.ratings.domain.score_table import ScoreTable
    from shared.ratings.domain.skill_scores import SkillScores

_EVERY_DAY: Final = 1 << 40
"""A day after all others."""


class PersonScores:
    """One person's scores, and what was left out of them; the same on every day.

    entries: the effective ones, without the rejected ones, of each kind in order of time
    known:   how many skills of several dimensions the framework's index knew: of others the scores say nothing
    """

    __slots__ = ("_brought", "_newest", "_skills", "_table", "entries", "index", "known", "left_out", "parameters")

    def __init__(
        self,
        index: FrameworkIndex,
        parameters: Parameters,
        entries: Sequence[Entry],
        table: ScoreTable,
        left_out: tuple[LeftOut, ...],
        known: int,
    ) -> None:
        self.index = index
        self.parameters = parameters
        self.entries = entries
        self.left_out = left_out
        self.known = known
        self._table = table
        # Entries that came after those of the table, and by number the skills that were asked for one by one.
        self._newest: tuple[Entry, ...] = ()
        self._skills: dict[int, SkillScores] = {}
        # The last day of all, and by skill the last day of what brings it.
        self._brought: tuple[int, dict[int, int]] | None = None

    @classmethod
    def of(cls, entries: Sequence[Entry], index: FrameworkIndex, parameters: Parameters) -> PersonScores:
        """Returns the scores of effective entries, in order, without the rejected ones."""
        from shared.ratings.domain.score_table import TableBuilder

        exclusion = ScorerExclusion(parameters.untrusted, index.framework)
        builder = TableBuilder(index, parameters)
        builder.take(exclusion.remaining(entries))
        # Another thread may add to the index at any moment: the table knows at least these.
        known = len(index.combined)
        return cls(index, parameters, entries, builder.table(), tuple(exclusion.left_out), known)

    @property
    def table(self) -> ScoreTable:
        """Returns all scores as a table."""
        if self._newest:
            from shared.ratings.domain.score_table import TableBuilder

            builder = TableBuilder(self.index, self.parameters)
            builder.take(self._newest)
            self._table, self._newest = self._table.followed_by(builder.table()), ()
        return self._table

    def brought(self, as_of: int) -> Mapping[int, int]:
        """Returns the skills, by number, that entries up to a day bring to a profile, with the last day of each; one
        that waits for a review is of every day."""
        if self._brought is None:
            until = max((entry.day for entry in self.entries), default=as_of)
            self._brought = until, self._bringing({}, self.entries)
        if self._brought[0] <= as_of:
            return self._brought[1]
        return self._bringing({}, [entry for entry in self.entries if entry.day <= as_of])

    def _bringing(self, brought: dict[int, int], entries: Sequence[Entry]) -> dict[int, int]:
        for entry in ScorerExclusion(self.parameters.untrusted, self.index.framework).remaining(entries):
            day = _EVERY_DAY if entry.status == PENDING_REVIEW else entry.day
            for number in self.index.shape_of(entry.contexts, entry.words, entry.places).brings:
                brought[number] = max(day, brought.get(number, day))
        return brought

    def skill(self, number: int) -> SkillScores:
        """Returns the scores of a skill, by its number."""
        from shared.ratings.domain.score_table import leans_of
        from shared.ratings.domain.skill_scores import SkillScores

        known = self._skills.get(number)
        if known is None:
            known = self._skills[number] = SkillScores.of(self.table, number, leans_of(self.parameters))
        return known

    def with_newest(self, entry: Entry) -> PersonScores:
        """Returns the scores with those of one more entry, which is later than the rest of its kind and about a source
        id of its own. For any other entry new scores have to be made."""
        from shared.ratings.domain.score_table import numbers_of

        if entry.status == REJECTED:
            return self
        entries = (*self.entries, entry)
        exclusion = ScorerExclusion(self.parameters.untrusted, self.index.framework)
        kept = exclusion.remaining([entry])
        left_out = self.left_out + tuple(exclusion.left_out)
        more = PersonScores(self.index, self.parameters, entries, self._table, left_out, self.known)
        more._newest, more._skills = (*self._newest, *kept), dict(self._skills)
        if self._brought is not None:
            until, brought = self._brought
            more._brought = max(until, entry.day), self._bringing(dict(brought), [entry])
        for one in kept:
            numbers, scores = numbers_of(one, self.parameters), one.scores[1::3]
            shape = self.index.shape_of(one.contexts, one.words, one.places)
            if not self._knows(shape.brings):
                return PersonScores.of(entries, self.index, self.parameters)
            for skill, places in shape.among(self.index.combined).by_skill.items():
                if (known := self._skills.get(skill)) is not None:
                    more._skills[skill] = known.with_entry(numbers, [scores[place] for place in places])
        return more

    def about(self, skills: Iterable[Skill]) -> PersonScores:
        """Returns the scores with all that counts for some skills, whoever brings them to a profile."""
        if self._knows([self.index.number(*skill) for skill in skills]):
            return self
        return PersonScores.of(self.entries, self.index, self.parameters)

    def _knows(self, skills: Iterable[int]) -> bool:
        unknown = self.index.combined[self.known :]
        return not unknown or {number for number, _, _ in unknown}.isdisjoint(skills)


class Projection:
    """An employee's state seen through a framework on the day `as_of` (days since 1970-01-01 UTC).

    entries: the employee's state (key → entry text), or what was made of it. Entries about competencies that the
             framework does not know are kept in the state and rated as soon as it knows them.
    only:    limit to these competencies; extra: further contexts to rate, per competency
    wanted:  skills that are asked for: all of them are rated when the first one is, which is much cheaper
    """

    def __init__(
        self,
        entries: Mapping[str, str] | PersonScores,
        framework: Framework,
        parameters: Parameters,
        as_of: int,
        *,
        only: Collection[str] | None = None,
        extra: Mapping[str, tuple[Context, ...]] | None = None,
        wanted: Collection[Skill] = (),
    ) -> None:
        self.framework = framework
        self.parameters = parameters
        self.as_of = as_of
        self._entries = entries
        self._only = only
        self._extra = extra or {}
        self._wanted = wanted
        # By skill its row, what tells how far skills are on the way to validation, and this one's place there.
        self._rated: dict[Skill, tuple[SkillRating, Callable[[int], Progress | None], int]] = {}

    @cached_property
    def scores(self) -> PersonScores:
        """Returns the scores, decoded when the first of them is asked for."""
        if isinstance(self._entries, PersonScores):
            return self._entries
        entries = EffectiveEntries(self._entries.values()).in_order()
        return PersonScores.of(entries, index_of(self.framework), self.parameters)

    def scores_about(self, skills: Collection[Skill]) -> PersonScores:
        """Returns the scores with all that counts for some skills."""
        self.scores = self.scores.about(skills)
        return self.scores

    def on(self, day: int) -> Projection:
        """Returns the same person's skills on another day, by what is known now."""
        return Projection(self.scores, self.framework, self.parameters, day)

    def with_one_more(self, entry: Entry, competency: str) -> Projection:
        """Returns the same person's skills in one competency with one more entry. Raises TypeError for a projection of
        scores instead of a state."""
        if isinstance(self._entries, PersonScores):
            raise TypeError("a projection of scores holds no entries to add to")
        key, text = entry.encoded()
        return Projection({**self._entries, key: text}, self.framework, self.parameters, self.as_of, only={competency})

    def rows(self) -> list[SkillRating]:
        """Returns every skill of the profile, sorted by competency and context.

        A combination of several dimensions that has not been seen in the rating window is left out, unless a rule or
        `extra` names it: a profile full of bygone combinations says nothing.
        """
        return list(self._shown)

    def general(self) -> dict[str, SkillRating]:
        """Returns the skills of the profile without a context, by competency."""
        return {one.competency: one for one in self._shown if not one.context}

    def row(self, competency: str, skill: str) -> SkillRating:
        """Returns one skill, by its encoded context; with nothing observed when the state holds nothing of it."""
        return self._skill(competency, skill)[0]

    @cached_property
    def _brought(self) -> Mapping[int, int]:
        return self.scores.brought(self.as_of)

    def listed_of(self, entries: Iterable[Entry]) -> list[Skill]:
        """Returns those skills that some entries count for of what a profile may show: the skills of everybody, and
        what was ever seen of this person."""
        index, brought = self.scores.index, self._brought
        shapes = {index.shape_of(entry.contexts, entry.words, entry.places) for entry in entries}
        about = {number for shape in shapes for number in shape.among(index.combined).by_skill}
        return [index.names[number] for number in about if number in brought or number in index.always]

    def shows(self, competency: str, skill: str) -> bool:
        """Tells whether the profile shows the skill (see `rows`): listed, and general or with something to say."""
        scores, number = self.scores, self.scores.index.number(competency, skill)
        if number not in scores.index.always:
            day = self._brought.get(number)
            if day is None or ("&" in skill and day < self.as_of - RATING_WINDOW_DAYS):
                return False
        return skill == "" or says_something(self.row(competency, skill))

    def progress(self, competency: str, skill: str) -> Progress | None:
        """Returns how far the skill is on the way to validation; None when no rule decides about it."""
        _, progress, place = self._skill(competency, skill)
        return progress(place)

    def rule(self, competency: str, skill: str) -> Rule | None:
        """Returns the rule that decides about a skill, by its encoded context."""
        return self.framework.rule_for(competency, decode_skill(skill))

    def directions_on(self, skills: Collection[Skill], days: Sequence[int]) -> list[dict[Skill, Direction | None]]:
        """Returns the directions of skills' discrepancies on each of some days up to the projection's own, by what is
        known now."""
        from shared.ratings.domain.batch_rating import directions

        scores = self.scores_about(skills)
        numbers = [scores.index.number(*skill) for skill in skills]
        found = directions(scores.table.about(numbers), scores.index, self.parameters, days, numbers)
        return [dict(zip(sorted(skills), of_day, strict=True)) for of_day in found]

    def left_out(self, competency: str, skill: str) -> dict[str, int]:
        """Counts the scores of the rating window that do not count because their scorer is not trusted, by its name."""
        if not self.parameters.untrusted:
            return {}
        days = range(self.as_of - RATING_WINDOW_DAYS, self.as_of + 1)
        context, index = decode_skill(skill), self.scores.index
        return by_scorer(
            one
            for one in self.scores.left_out
            if one.competency == competency
            and one.at // SECONDS_PER_DAY in days
            and counts_for(index.mapped(decode_context(one.context)), context)
        )

    def leaning(self, row: SkillRating) -> Leaning | None:
        """Returns how far the scores behind a rating lean, where its level lies beside it and that may be why."""
        if not is_beside(row) or not any(lean.pairs for lean in self.parameters.scorers.values()):
            return None
        scores = self.scores_about([row.key])
        number = scores.index.number(*row.key)
        return leaning_behind(row, scores.skill(number), self.parameters, self.as_of)

    @cached_property
    def _shown(self) -> list[SkillRating]:
        extra = [(c, encode_skill(context)) for c, several in self._extra.items() for context in several]
        scores = self.scores_about(extra)
        index, table = scores.index, scores.table
        competencies = [c for c in self.framework.by_competency if self._only is None or c in self._only]
        if self._only is not None:
            table = table.about([number for number, name in list(index.names.items()) if name[0] in self._only])
        asked = [index.number(*skill) for skill in extra if skill[0] in competencies]
        rated = _rate([table], scores, [self.as_of], index.named(competencies), [asked])
        rows = list(map(SkillRating._make, rated.values(slice(None))))
        self.keep(rows, rated, 0)
        return [row for row, shown in zip(rows, rated.shown(asked).tolist(), strict=True) if shown]

    def _skill(self, competency: str, skill: str) -> tuple[SkillRating, Callable[[int], Progress | None], int]:
        if (competency, skill) not in self._rated:
            rate_together([(self, {(competency, skill), *self._wanted})])
        return self._rated[competency, skill]

    def keep(self, rows: Sequence[SkillRating], rated: RatedSeries, first: int) -> None:
        """Remembers rows of its own; first: where they begin among all that were rated."""
        keys = map(itemgetter(0, 1), rows)
        self._rated.update(zip(keys, zip(rows, repeat(rated.progress), count(first)), strict=False))

    def rate_few(self, skills: Collection[Skill]) -> list[Skill]:
        """Rates some skills one by one, and returns those that cannot be rated so."""
        from shared.ratings.domain.few_rows import Asked, can_rate, rate_skills

        scores, index, few, left = self.scores, self.scores.index, [], []
        for skill in skills:
            number = index.number(*skill)
            one = Asked(skill, index.ruled[number], scores.skill(number))
            if can_rate(one.scores, one.ruled, self.as_of):
                few.append(one)
            else:
                left.append(skill)
        for row, progress in rate_skills(few, self.parameters, self.as_of):
            self._rated[row.key] = row, progress, 0
        return left

    def unrated(self, skills: Iterable[Skill]) -> set[Skill]:
        """Returns those of some skills that are not rated yet: an event finds what the one before it has rated."""
        return {skill for skill in skills if skill not in self._rated}


def rate_together(wanted: Iterable[tuple[Projection, Collection[Skill]]]) -> None:
    """Rates some skills of each of several projections at once: whoever asks for one of them then finds it rated.

    What is rated at once is of one framework and by the same parameters.
    """
    skills: dict[Projection, set[Skill]] = {}
    for projection, of_projection in wanted:
        unrated = projection.unrated(of_projection)
        if unrated:
            skills.setdefault(projection, set()).update(unrated)
    alike: dict[tuple[int, int], list[Projection]] = {}
    for projection in skills:
        scores = projection.scores
        alike.setdefault((id(scores.index), id(scores.parameters)), []).append(projection)
    for projections in alike.values():
        _rate_alike(projections, [skills[one] for one in projections])


def _rate_alike(projections: Sequence[Projection], skills: Sequence[Collection[Skill]]) -> None:
    scores = projections[0].scores
    about = [one.scores_about(of_projection) for one, of_projection in zip(projections, skills, strict=True)]
    if sum(map(len, skills)) <= FEW_ROWS:
        skills = [one.rate_few(of_one) for one, of_one in zip(projections, skills, strict=True)]
        if not any(skills):
            return
    numbers = [[scores.index.number(*skill) for skill in of_projection] for of_projection in skills]
    tables = [one.table.about(asked) for one, asked in zip(about, numbers, strict=True)]
    rated = _rate(tables, scores, [one.as_of for one in projections], (), numbers)
    rows = list(map(SkillRating._make, rated.values(slice(None))))
    first = 0
    for projection, asked in zip(projections, numbers, strict=True):
        projection.keep(rows[first : first + len(asked)], rated, first)
        first += len(asked)


def project(
    entries: Mapping[str, str],
    framework: Framework,
    parameters: Parameters,
    as_of: int,
    *,
    only: Collection[str] | None = None,
    extra: Mapping[str, tuple[Context, ...]] | None = None,
) -> list[SkillRating]:
    """Returns every skill of a profile on the day `as_of`, sorted by competency and context (see Projection)."""
    return Projection(entries, framework, parameters, as_of, only=only, extra=extra).rows()


def _rate(
    tables: Sequence[ScoreTable],
    scores: PersonScores,
    days: Sequence[int],
    always: Collection[int],
    asked: Sequence[Collection[int]] = (),
) -> RatedSeries:
    from shared.ratings.domain.batch_rating import rate_tables

    return rate_tables(tables, scores.index, scores.parameters, days, always, asked)
