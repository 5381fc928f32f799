"""Skills: definitions, achievement rules and context dimensions, in versions; previews before anything changes.

A change is published by writing the new version beside the old ones and flipping the framework's pointer, both in one
batch and only if nobody else published meanwhile; then everybody is recalculated.

What follows a flip (the audit record, the published fact, the recalculation) is noted in the pointer until it is done:
the next administrator's act, or the next look of the sweep, finishes what a crash left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from shared.frameworks.contract import MOST_ALIASES, DimensionBody, FrameworkBody, RuleBody
from shared.frameworks.domain.framework import (
    Competency,
    Dimension,
    Framework,
    Rule,
    framework_from_dict,
    rule_to_dict,
)
from shared.frameworks.messages import FrameworkPublished, PublishedCompetency
from shared.frameworks.usecases.configuration import Configuration
from shared.frameworks.usecases.framework_file import framework_of
from shared.kernel.access import Caller
from shared.kernel.context import context_of
from shared.kernel.days import day_of
from shared.kernel.errors import Conflict, NotFound, Rejected, Retryable, TooLarge
from shared.kernel.ids import digest
from shared.kernel.moments import text
from shared.people.records import EmployeeRecords
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock
from shared.ports.documents import (
    DELETE_FIELD,
    AlreadyExists,
    Create,
    Documents,
    DocumentTooLarge,
    Merge,
    PreconditionFailed,
    Put,
    Query,
    Where,
)
from shared.ports.messages import Bus, Message
from shared.ratings.domain.explanation import explain, points
from shared.ratings.domain.projection import Projection, SkillRating, decode_skill
from shared.ratings.usecases.recalculate import Recalculate
from shared.taxonomy.contract import SkillBody, SkillChange

TOPIC = "framework-published"


class Skills:
    """Administers a framework's skills."""

    def __init__(
        self,
        documents: Documents,
        bus: Bus,
        configuration: Configuration,
        recalculate: Recalculate,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._employees = EmployeeRecords(documents)
        self._bus = bus
        self._configuration = configuration
        self._recalculate = recalculate
        self._audit = audit
        self._clock = clock

    # Reading

    def frameworks(self) -> list[Framework]:
        """All frameworks in force, by id."""
        found = self._documents.query(Query("frameworks", order_by=[("framework_id", "asc")]))
        return [framework_from_dict(document.data["framework"]) for document in found]

    def framework(self, framework_id: str, version: int | None = None) -> Framework:
        """A framework in force, or one of its earlier versions. Raises NotFound."""
        if version is None:
            return self._configuration.framework(framework_id, fresh=True)
        document = self._documents.get(f"framework_versions/{framework_id}@{version}")
        if document is None:
            raise NotFound(f"{framework_id} has no version {version}", field="version")
        return framework_from_dict(document.data["framework"])

    def skill(self, framework_id: str, skill_id: str) -> tuple[Framework, Competency]:
        """A skill definition and its framework. Raises NotFound."""
        framework = self.framework(framework_id)
        return framework, _skill(framework, skill_id)

    def versions(self, framework_id: str, skill_id: str) -> list[dict[str, Any]]:
        """The versions in which a skill changed, the newest first, in the shape of the contract's SkillVersion."""
        self.skill(framework_id, skill_id)
        found = self._documents.query(
            Query(
                "framework_versions",
                where=[Where("framework_id", "==", framework_id)],
                order_by=[("version", "desc")],
                limit=200,
            )
        )
        result: list[dict[str, Any]] = []
        for document in found:
            if skill_id not in document.data["skills_changed"] and "*" not in document.data["skills_changed"]:
                continue
            framework = framework_from_dict(document.data["framework"])
            competency = next((c for c in framework.competencies if c.skill_id == skill_id), None)
            result.append(
                {
                    "version": document.data["version"],
                    "published_at": text(document.data["published_at"]),
                    "published_by": document.data["published_by"],
                    "change": document.data["change"],
                    "definition": None if competency is None else definition(framework, competency),
                }
            )
        return result

    # Changing

    def create(self, body: SkillBody, caller: Caller) -> tuple[Framework, Competency]:
        """Publishes a framework with one more skill."""
        self.finish(body.framework_id)
        framework = self.framework(body.framework_id)
        skill_id = body.competency.replace("_", "-")
        if framework.competency_named(body.competency) or any(c.skill_id == skill_id for c in framework.competencies):
            raise Conflict(
                f"competency: {body.competency!r} exists already, as a competency or an alias", field="competency"
            )
        version = framework.version + 1
        competency = Competency(
            competency=body.competency,
            skill_id=skill_id,
            name=body.name or body.competency.replace("_", " ").capitalize(),
            description=body.description,
            category=body.category,
            core=body.core,
            rubric=_rubric([(step.from_score, step.description) for step in body.rubric]),
            aliases=_aliases(framework, body.competency, body.aliases),
        )
        rules = _rules(body.competency, body.rules, version)
        changed = replace(
            framework,
            version=version,
            competencies=(*framework.competencies, competency),
            rules=(*framework.rules, *rules),
        )
        self._publish(framework, changed, [skill_id], f"created {competency.name}", caller)
        return changed, competency

    def change(
        self, framework_id: str, skill_id: str, body: SkillChange, caller: Caller
    ) -> tuple[Framework, Competency]:
        """Publishes a framework with a changed skill; the same definition again publishes nothing."""
        self.finish(framework_id)
        framework, competency = self.skill(framework_id, skill_id)
        _check_version(framework, body.if_version)
        changed = self.changed(framework, competency, body)
        after = _skill(changed, skill_id)
        if definition(changed, after)["rules"] == definition(framework, competency)["rules"] and after == competency:
            return framework, competency
        self._publish(framework, changed, [skill_id], f"changed {after.name}", caller)
        return changed, after

    def set_dimension(self, framework_id: str, name: str, body: DimensionBody, caller: Caller) -> Framework:
        """Publishes a framework with a context dimension's values and words set."""
        self.finish(framework_id)
        framework = self.framework(framework_id)
        _check_version(framework, body.if_version)
        if not 1 <= len(name) <= 60 or not name.replace("_", "").isalnum():
            raise Rejected("dimension: letters, digits and _ only, at most 60", field="dimension")
        dimension = Dimension(
            name, tuple(dict.fromkeys(body.values)), tuple(sorted((k.lower(), v) for k, v in body.aliases.items()))
        )
        others = tuple(d for d in framework.dimensions if d.dimension != name)
        position = next((i for i, d in enumerate(framework.dimensions) if d.dimension == name), len(others))
        dimensions = (*others[:position], dimension, *others[position:])
        changed = replace(framework, version=framework.version + 1, dimensions=dimensions)
        self._publish(framework, changed, ["*"], f"set the dimension {name}", caller)
        return changed

    def add_alias(self, framework_id: str, competency_name: str, word: str, caller: Caller) -> Framework:
        """Publishes a framework in which a word that integrations send means a known competency."""
        self.finish(framework_id)
        framework = self.framework(framework_id)
        competency = framework.by_competency.get(competency_name)
        if competency is None:
            raise Rejected(f"competency: {competency_name[:60]!r} is not known", field="competency")
        if len(competency.aliases) >= MOST_ALIASES:
            raise Conflict(f"{competency.name} has {MOST_ALIASES} aliases already; remove one first")
        changed = self.changed(framework, competency, SkillChange(aliases=[*competency.aliases, word]))
        self._publish(framework, changed, [competency.skill_id], f"reads {word[:60]!r} as {competency.name}", caller)
        return changed

    def install(self, framework: Framework, caller: Caller) -> bool:
        """Publishes a shipped framework if there is none of its id yet; False when there is."""
        if self._documents.get(f"frameworks/{framework.framework_id}") is not None:
            self.finish(framework.framework_id)
            return False
        self._publish(None, framework, ["*"], "installed", caller)
        return True

    def publish_framework(
        self, framework_id: str, body: FrameworkBody, caller: Caller, *, if_version: int | None = None
    ) -> Framework:
        """Publishes a whole framework in place of the one in force, or as the first; the same again publishes nothing.

        A rule that stays as it was keeps its version. Raises Rejected when the framework contradicts itself, Conflict
        when another version than `if_version` (0: none yet) is in force.
        """
        if body.framework_id != framework_id:
            raise Rejected(
                f"framework_id: {body.framework_id!r} is another framework than the path's {framework_id!r}",
                field="framework_id",
            )
        self.finish(framework_id)
        try:
            before = self.framework(framework_id)
        except NotFound:
            before = None
        version = before.version if before else 0
        if if_version is not None and if_version != version:
            raise Conflict(
                f"if_version: the framework was made on version {if_version}; in force is {version or 'none'}",
                field="if_version",
            )
        after = framework_of(body, version + 1)
        old = {(rule.competency, rule.context): rule for rule in before.rules} if before else {}
        rules = []
        for rule in after.rules:
            known = old.get((rule.competency, rule.context))
            rules.append(known if known is not None and replace(known, version=rule.version) == rule else rule)
        after = replace(after, rules=tuple(rules))
        if before is not None and replace(after, version=before.version) == before:
            return before
        self._publish(before, after, ["*"], "published as a whole", caller)
        return after

    def changed(self, framework: Framework, competency: Competency, body: SkillChange) -> Framework:
        """The framework with a skill changed, as its next version; nothing is published."""
        version = framework.version + 1
        after = replace(
            competency,
            name=competency.name if body.name is None else body.name,
            description=competency.description if body.description is None else body.description,
            category=competency.category if body.category is None else body.category,
            core=competency.core if body.core is None else body.core,
            rubric=competency.rubric
            if body.rubric is None
            else _rubric([(step.from_score, step.description) for step in body.rubric]),
            aliases=competency.aliases
            if body.aliases is None
            else _aliases(framework, competency.competency, body.aliases),
        )
        rules = framework.rules
        if body.rules is not None:
            known = {r.context: r for r in rules if r.competency == competency.competency}
            new = []
            for rule in _rules(competency.competency, body.rules, version):
                old = known.get(rule.context)
                new.append(old if old is not None and replace(old, version=version) == rule else rule)
            rules = (*(r for r in rules if r.competency != competency.competency), *new)
        competencies = tuple(after if c.skill_id == competency.skill_id else c for c in framework.competencies)
        after_all = replace(framework, version=version, competencies=competencies, rules=rules)
        return framework_from_dict(after_all.to_dict())

    # Preview

    def preview(
        self, framework_id: str, skill_id: str, body: SkillChange, *, limit: int = 200, after: str | None = None
    ) -> dict[str, Any]:
        """What a change of a skill's rules would do to active people, a page of people at a time."""
        framework, competency = self.skill(framework_id, skill_id)
        changed = self.changed(framework, competency, body)
        people = self._employees.of_framework(framework_id, limit=limit + 1, after=after)
        names = {person.employee_id: person.name for person in people[:limit] if person.active}
        states = self._documents.get_many([f"states/{employee_id}" for employee_id in names])
        today = day_of(self._clock.now())
        parameters = self._configuration.parameters()
        only = {competency.competency}
        changes: list[dict[str, Any]] = []
        gaining = losing = 0
        for employee_id in names:
            state = states.get(f"states/{employee_id}")
            if state is None:
                continue
            entries = state.data.get("observations", {})
            now = {r.context: r for r in Projection(entries, framework, parameters, today, only=only).rows()}
            then = Projection(entries, changed, parameters, today, only=only)
            for row in then.rows():
                before = now.get(row.context)
                status_now = before.status if before else "not_started"
                if status_now == row.status:
                    continue
                if not row.context:
                    gaining += row.status == "validated"
                    losing += status_now == "validated"
                changes.append(
                    {
                        "employee_id": employee_id,
                        "name": names[employee_id],
                        "context": dict(decode_skill(row.context)) or None,
                        "status_now": status_now,
                        "status_then": row.status,
                        "rating": points(row.rating),
                        "why": _why(row, then),
                    }
                )
        return {
            "people": len(names),
            "gaining": gaining,
            "losing": losing,
            "changes": changes,
            "next_cursor": people[limit - 1].employee_id if len(people) > limit else None,
        }

    def _publish(
        self, before: Framework | None, after: Framework, skills: Sequence[str], change: str, caller: Caller
    ) -> None:
        checked = framework_from_dict(after.to_dict())
        now = self._clock.now()
        by = caller.employee_id or caller.email
        pointer = f"frameworks/{after.framework_id}"
        version: dict[str, Any] = {
            "framework_id": after.framework_id,
            "version": after.version,
            "published_at": now,
            "published_by": by,
            "change": change,
            "skills_changed": list(skills),
            "framework": checked.to_dict(),
        }
        known = self._documents.get(pointer)
        longer = before is not None and checked.longest_memory_days > before.longest_memory_days
        current = {
            "framework_id": after.framework_id,
            "version": after.version,
            "framework": checked.to_dict(),
            "unfinished": {
                **(known.data.get("unfinished", {}) if known else {}),
                f"v{after.version}": {
                    "version": after.version,
                    "by": by,
                    "role": caller.role,
                    "change": change,
                    "recalculate": before is not None,
                    "from_ledger": longer,
                },
            },
        }
        if before is not None and (known is None or known.data["version"] != before.version):
            raise Conflict(f"{after.framework_id} was changed meanwhile; look at it again", field="if_version")
        flip = Create(pointer, current) if known is None else Put(pointer, current, if_version=known.version)
        try:
            self._documents.commit([Put(f"framework_versions/{after.framework_id}@{after.version}", version), flip])
        except (AlreadyExists, PreconditionFailed):
            raise Conflict(
                f"{after.framework_id} was changed meanwhile; look at it again", field="if_version"
            ) from None
        except DocumentTooLarge:
            raise TooLarge("a framework may have about one million bytes as JSON", field="body") from None
        self._configuration.forget()
        self.finish(after.framework_id)

    def finish(self, framework_id: str | None = None) -> int:
        """Does what follows each publication that has not had it yet, of one framework or of all; how many there were.

        Harmless twice: the facts are the same, and the recalculation has the publication's name.
        """
        if framework_id is None:
            pointers = self._documents.query(Query("frameworks", fields=["framework_id", "unfinished"]))
        else:
            found = self._documents.get(f"frameworks/{framework_id}")
            pointers = [found] if found else []
        count = 0
        for pointer in pointers:
            unfinished: dict[str, dict[str, Any]] = pointer.data.get("unfinished", {})
            for key, note in sorted(unfinished.items(), key=lambda item: int(item[1]["version"])):
                self._follow(pointer.data["framework_id"], note)
                self._documents.commit([Merge(pointer.path, {"unfinished": {key: DELETE_FIELD}})])
                count += 1
        return count

    def _follow(self, framework_id: str, note: Mapping[str, Any]) -> None:
        published = self._documents.get(f"framework_versions/{framework_id}@{note['version']}")
        if published is None:
            raise Retryable(f"version {note['version']} of {framework_id} cannot be read yet")
        framework = framework_from_dict(published.data["framework"])
        caller = Caller(email=note["by"], role=note["role"])
        self._audit.record(caller, AuditAction.FRAMEWORK_PUBLISHED, subject=framework_id, detail=note["change"])
        fact = FrameworkPublished(
            framework_id=framework_id,
            version=framework.version,
            published_at=published.data["published_at"],
            competencies=[
                PublishedCompetency(
                    competency=c.competency,
                    name=c.name,
                    category=c.category,
                    core=c.core,
                    has_rule=c.competency in framework.rules_of,
                )
                for c in framework.competencies
            ],
        )
        self._bus.publish(TOPIC, [Message(fact.model_dump(mode="json"))])
        if note["recalculate"]:
            self._recalculate.start(
                started_by=note["by"],
                from_ledger=note["from_ledger"],
                run_id=f"publication-{digest(framework_id, str(note['version']))[:16]}",
            )


def definition(framework: Framework, competency: Competency) -> dict[str, Any]:
    """A skill in the shape of the contract's SkillDefinition."""
    return {
        "skill_id": competency.skill_id,
        "competency": competency.competency,
        "name": competency.name,
        "description": competency.description,
        "category": competency.category,
        "core": competency.core,
        "rubric": [{"from_score": start, "description": words} for start, words in competency.rubric],
        "aliases": list(competency.aliases),
        "rules": [rule_to_dict(rule) for rule in framework.rules_of.get(competency.competency, ())],
        "framework_id": framework.framework_id,
        "framework_version": framework.version,
    }


def _skill(framework: Framework, skill_id: str) -> Competency:
    for competency in framework.competencies:
        if competency.skill_id == skill_id:
            return competency
    raise NotFound(f"{framework.framework_id} has no skill {skill_id[:60]!r}", field="skill_id")


def _check_version(framework: Framework, if_version: int | None) -> None:
    if if_version is not None and if_version != framework.version:
        raise Conflict(
            f"if_version: the change was made on version {if_version}; in force is {framework.version}",
            field="if_version",
        )


def _rules(competency: str, bodies: Sequence[RuleBody], version: int) -> list[Rule]:
    rules: list[Rule] = []
    for index, body in enumerate(bodies):
        if body.competency is not None and body.competency != competency:
            raise Rejected(
                f"rules.{index}.competency: {body.competency!r} is another skill than {competency!r}",
                field=f"rules.{index}.competency",
            )
        fields = body.model_dump(exclude={"competency", "context"})
        rules.append(
            Rule(
                competency=competency,
                context=context_of(body.context.pairs() if body.context else None),
                version=version,
                **fields,
            )
        )
    contexts = [rule.context for rule in rules]
    for index, context in enumerate(contexts):
        if context in contexts[:index]:
            raise Rejected(
                f"rules.{index}.context: there is a rule for this context already", field=f"rules.{index}.context"
            )
    return rules


def _rubric(steps: Sequence[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
    starts = [start for start, _ in steps]
    if len(set(starts)) != len(starts):
        raise Rejected("rubric: two steps start at the same score", field="rubric")
    return tuple(sorted(steps))


def _aliases(framework: Framework, competency: str, words: Sequence[str]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for word in words:
        meaning = framework.competency_named(word)
        if meaning is not None and meaning != competency:
            raise Conflict(f"aliases: {word[:60]!r} already means {meaning}", field="aliases")
        if word.lower() != competency:
            kept.setdefault(word.lower(), word)
    return tuple(kept.values())


def _why(row: SkillRating, projection: Projection) -> str:
    progress = projection.progress(row.competency, row.context)
    if progress is None:
        return explain(row, projection.left_out(*row.key))
    parts = []
    if progress.rule.wants_field:
        parts.append(f"{progress.field_count} field observations" + _mean(progress.field_mean))
    if progress.rule.wants_validation:
        parts.append(f"{progress.validation_count} validation events" + _mean(progress.validation_mean))
    return f"{' and '.join(parts)} in {progress.rule.observation_window_days} days"


def _mean(value: float | None) -> str:
    return "" if value is None else f" averaging {value:g}"
