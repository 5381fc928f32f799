"""Retains those entries of a state that any later rating can depend on."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from heapq import nlargest
from typing import NamedTuple

import numpy as np

from shared.frameworks.domain.framework import Framework, Rule
from shared.frameworks.domain.framework_index import index_of
from shared.frameworks.domain.parameters import Parameters
from shared.kernel.columns import HUGE
from shared.observations.domain.effective_entries import EffectiveEntries
from shared.observations.domain.entry import FIELD, LEARNING, PENDING_REVIEW, PRACTICE, REJECTED, Entry, entry_key
from shared.ratings.domain.rules import Span
from shared.ratings.domain.score_table import ScoreTable, TableBuilder
from shared.ratings.domain.series import Series, series_of
from shared.ratings.domain.verdicts import met, qualifies, verdict
from shared.ratings.domain.weights import RATING_WINDOW_DAYS

_Day = tuple[int, str]
"""A day and the text of an entry of that day."""
_Kinds = tuple[list[_Day], list[_Day], list[_Day], list[_Day]]
"""What was seen in the field, in practice and in learning, and what of it brings the skill to a profile, each in order
of time."""
_BRING = 3


class ClassScores(NamedTuple):
    """One kind's observations of a skill, in order of time: days, scores in hundredths, and which were failed (none of
    them where that is empty)."""

    days: Sequence[int]
    scores: Sequence[int]
    failed: Sequence[bool] = ()

    def in_window(self, first: int, last: int) -> tuple[Sequence[int], Sequence[int]]:
        """Returns the scores of the days from the first to the last: of what was not failed, and of what was."""
        part = slice(bisect_left(self.days, first), bisect_right(self.days, last))
        scores, failed = self.scores[part], self.failed[part]
        if not any(failed):
            return scores, ()
        both = list(zip(scores, failed, strict=True))
        return [score for score, bad in both if not bad], [score for score, bad in both if bad]


def retain(entries: Mapping[str, str], framework: Framework) -> dict[str, str]:
    """Returns the entries that any rating from the last observation's day on can depend on: what a collection must
    keep.

    Of the effective entries:
    - per skill, the 90 days (or the longest memory of a rule, if longer) before its last observation by field or
      validation; the 90 days before its last learning; the last observation of each kind;
    - per skill, the witnesses of its rule's status (see `witnesses`), and the last observation that brings it to the
      profile: a combination of contexts goes on counting what contains it;
    - everything that waits for a review, and everything about competencies that the framework does not know;
    - what a person rejected, or an analysis emptied, within the reach of the newest entry: a late lower version must
      not bring it back. An older late one rebuilds the state from the ledger.

    Any set of effective entries between the retained one and the whole retains the same, so a state may be collected
    at any time and keeps growing as if it had not been. A context on request that no rule and no profile names, or a
    combination that is first seen later, begins with what is kept.
    """
    index = index_of(framework)
    effective = EffectiveEntries(entries.values()).in_order(rejected=True)
    reach = max(RATING_WINDOW_DAYS, framework.longest_memory_days)
    newest = effective[-1].day if effective else 0
    kept: set[str] = set()
    counted = []
    for entry in effective:
        if entry.status == REJECTED or not entry.scores:
            kept.update([entry.text] if entry.day >= newest - reach else [])
        elif entry.status == PENDING_REVIEW:
            kept.add(entry.text)
        else:
            counted.append(entry)
    kept.update(entry.text for entry in counted if not all(map(framework.competency_named, entry.words)))
    builder = TableBuilder(index, Parameters())
    builder.take(counted)
    table = builder.table()
    series = series_of(table, index, np.array([HUGE]), index.always)
    members = _members(table, counted)
    for row, skill in enumerate(series.rows.skill.tolist()):
        kinds, ruled = members.get(series.rows.skills[skill], ([], [], [], [])), series.rows.ruled[skill]
        kept.update(_kept_of_skill(kinds, series, row, None if ruled is None else ruled[0], reach))
    return {entry_key(text): text for text in sorted(kept)}


def _members(table: ScoreTable, counted: Sequence[Entry]) -> dict[int, _Kinds]:
    """Returns by skill (its number) and kind all its observations, in order of time, with a score or without."""
    members: dict[int, _Kinds] = {}
    for number, owner, first, brings in table.uses[[0, 2, 3, 4]].T.tolist():
        entry, kinds = counted[owner], members.setdefault(number, ([], [], [], []))
        for of_kind in (*([kinds[entry.kind]] if first else []), *([kinds[_BRING]] if brings else [])):
            of_kind.append((entry.day, entry.text))
    return members


def _kept_of_skill(kinds: _Kinds, series: Series, row: int, rule: Rule | None, reach: int) -> Iterable[str]:
    """Returns the texts that one skill needs."""
    found = [of_kind[-1][1] for of_kind in kinds if of_kind]
    learning = kinds[LEARNING]
    found += [text for day, text in learning if day >= learning[-1][0] - RATING_WINDOW_DAYS]
    field, practice = (
        ClassScores(series.day[part].tolist(), series.score[part].tolist(), (series.exam[part] < 0).tolist())
        for part in (series.stretch(row, FIELD), series.stretch(row, PRACTICE))
    )
    scored = [days[-1] for days in (field.days, practice.days) if days]
    if not scored:
        return found
    since = max(scored) - reach
    both = [*kinds[FIELD], *kinds[PRACTICE]]
    found += [text for day, text in both if day >= since]
    older = [(day, text) for day, text in both if day < since]
    if rule is not None and older:
        spans = witnesses(rule, field, practice)
        found += [text for day, text in older if any(start <= day <= end for start, end in spans)]
    return found


def witnesses(rule: Rule, field: ClassScores, practice: ClassScores) -> list[Span]:
    """Returns the spans of days whose observations decide, together with those of the last window, every later status.

    A history from which *any* others are removed has the same status on every day from the last observation on, and
    the same witnesses. They are the window of the latest day that satisfies the rule, and after it the window of each
    day that only *fails* to satisfy it because of observations that could be removed: without those it would be
    validated by what is left. Recertification goes from exam to exam since the first satisfaction: it takes all.
    """
    window, days = rule.observation_window_days, [*field.days, *practice.days]
    end = max(days, default=0)
    if rule.requires_recertification and rule.expires_after_days is not None:
        return [(min(days), end)] if days else []
    field_least, field_bar, practice_least, practice_bar = rule.minimums
    spans: list[Span] = []
    for day in _changes(window, days, end):
        of_field, of_practice = field.in_window(day - window, day), practice.in_window(day - window, day)
        by_field, field_can = _possible(*of_field, field_least, field_bar)
        by_practice, practice_can = _possible(*of_practice, practice_least, practice_bar)
        satisfied = _met(rule, by_field, by_practice)
        if satisfied or _met(rule, int(field_can), int(practice_can)):
            spans.append((day - window, end))
        if satisfied and (
            any(qualifies(True, score, field_least, field_bar) for score in of_field[0])
            or any(qualifies(True, score, practice_least, practice_bar) for score in of_practice[0])
        ):
            break
        end = day - 1
    return spans


def _changes(window: int, days: Sequence[int], until: int) -> list[int]:
    """Returns the days on which the content of the window changes, newest first: observations come and leave."""
    changed = {*days, *(day + window + 1 for day in days)}
    return sorted([day for day in changed if day <= until], reverse=True)


def _met(rule: Rule, field: int, practice: int) -> bool:
    wants_field, _, wants_practice, _ = rule.minimums
    return bool(met(rule.field_overrides_validation, field, practice, wants_field, wants_practice))


def _possible(scores: Sequence[int], failed: Sequence[int], least: int, bar: int) -> tuple[int, bool]:
    """Returns (the verdict on all scores, whether some part of them would meet the minimums)."""
    found = int(verdict(len(scores), len(scores) + len(failed), sum(scores) + sum(failed), least, bar))
    if found >= 0:
        return found, found > 0
    # What was failed is no attempt, and lifts the mean all the same where its score is above the bar.
    lifting = sum(score - bar for score in failed if score > bar)
    return found, sum(nlargest(least, scores)) + lifting >= bar * least
