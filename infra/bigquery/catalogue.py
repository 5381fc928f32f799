"""The warehouse's catalogue: every table, how it is filled, in which order. Read from the files of `infra/bigquery`.

A capability's folder holds what is said of its facts, a file per address: `ratings/marts.skill_coverage.sql`.

    raw.*.yaml              a table per topic, written by a Pub/Sub subscription
    staging.*.yaml, .sql    a typed table per topic, and the SELECT that fills it: GoogleSQL, two-part names. Both are
                            generated from the topics' contracts, but for what somebody wrote
    marts.*.yaml, .sql      the answer to one question, about groups. The yaml says which role answers for its meaning
                            (owner), and the version of that meaning: raised when a column means something else; and
                            the unit and range of every number (measures, by the names in measures.py)
    individuals.*.yaml, .sql  a mart whose rows are about individuals
    organisations.*.yaml, .sql  a mart about groups, whose rows are each for one leader
    team_views.*.yaml, .sql authorised views: what a viewer may see of a mart of these two. They are BigQuery's
                            alone, since they ask who is asking (SESSION_USER); the embedded warehouse has no accounts
    checks.*.yaml           tables that the platform loads for the checks
    checks.*.sql            named queries whose rows are things that are wrong
    questions.*.sql         named queries that a use case asks

Two ways to fill a table, both one atomic statement that keeps the table, its descriptions and its row policies:
*incremental*: what was published since `@since` is merged by key, the newest message of a key wins, so duplicates and
late messages count once; *full*: the table's rows are replaced.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from infra.bigquery.measures import MEASURES, OTHERWISE, Measure
from infra.declarations.safe_yaml import SafeLoader
from shared.kernel.errors import NotFound

DIRECTORY = Path(__file__).parent

OVERLAP_DAYS = 8
"""How far an incremental refresh looks back behind the newest message that it has: Pub/Sub keeps an unwritten message
for 7 days, so what comes later than this has been published again, with a new time."""

MARTS = ("marts", "individuals", "organisations")
"""Datasets of marts: aggregates, which audiences read whole; rows about individuals, and aggregates of one leader's
organisation, of which everybody reads their own through a view."""

NUMBERS = ("INTEGER", "FLOAT")
VIEWS = "team_views"
CHECKS = "checks"
QUESTIONS = "questions"

RowsAbout = Literal["aggregates", "individuals", "organisations"]
Refresh = Literal["subscription", "load", "incremental", "full"]

_ADDRESS = re.compile(r"(?<![\w.`@'])([a-z]+)\.([a-z_][a-z0-9_]*)(?![\w.])")


@dataclass(frozen=True)
class Column:
    """A column in BigQuery's own terms: type as its API names it, mode NULLABLE, REQUIRED or REPEATED.

    measure: of a mart's column its unit and range
    """

    name: str
    type: str
    mode: str
    description: str
    fields: tuple[Column, ...] = ()
    measure: Measure | None = None

    @property
    def googlesql(self) -> str:
        """Spells the column's type in GoogleSQL: ARRAY<STRUCT<competency STRING, score FLOAT64>>."""
        if self.type == "RECORD":
            inner = "STRUCT<" + ", ".join(f"{field.name} {field.googlesql}" for field in self.fields) + ">"
        else:
            inner = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL"}.get(self.type, self.type)
        return f"ARRAY<{inner}>" if self.mode == "REPEATED" else inner


@dataclass(frozen=True)
class Table:
    """One table of the warehouse.

    address:      dataset.table
    refresh:      subscription (Pub/Sub writes it), load (the platform does), incremental or full (its SELECT does)
    key:          what makes a row unique: its grain
    newest_by:    incremental: of several rows with a key, the one that is greatest in these columns stands
    partition_by: BigQuery's partitioning, {"field": ..., "type": DAY or MONTH}, or None
    expires_days: rows are dropped when their partition is older
    sql:          the SELECT of an incremental or full table
    asks:         full: parameters of the SELECT, by the query that finds each just before: BigQuery leaves out
                  partitions by what a statement is given, and not by what it finds out itself
    question:     marts: what it answers
    page:         marts: the page in `infra/looker` that shows it
    rows_about:   marts: whether a row tells of a person, of a group, or of a group to one leader alone
    """

    address: str
    refresh: Refresh
    grain: str
    about: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    topic: str | None = None
    newest_by: tuple[str, ...] = ()
    partition_by: Mapping[str, str] | None = None
    expires_days: int | None = None
    cluster_by: tuple[str, ...] = ()
    sql: str | None = None
    asks: Mapping[str, str] = field(default_factory=dict)
    question: str = ""
    page: str | None = None
    rows_about: RowsAbout = "aggregates"

    @property
    def dataset(self) -> str:
        return self.address.split(".")[0]

    @property
    def name(self) -> str:
        return self.address.split(".")[1]

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True)
class Check:
    """A named query; each row that it returns is something wrong."""

    name: str
    about: str
    sql: str


@dataclass(frozen=True)
class View:
    """An authorised view of a mart about individuals or organisations: it reads the mart in the viewer's place, and
    filters its rows by who asks."""

    address: str
    of: str
    about: str
    sql: str


class Catalogue:
    """All tables, views, checks and questions (by name the SQL), and the statements that fill them."""

    def __init__(
        self,
        tables: Iterable[Table],
        checks: Iterable[Check] = (),
        views: Iterable[View] = (),
        questions: Mapping[str, str] | None = None,
    ):
        self.tables: dict[str, Table] = {}
        for table in tables:
            if self.tables.setdefault(table.address, table) is not table:
                raise ValueError(f"{table.address} is declared twice")
        self.checks: dict[str, Check] = {check.name: check for check in checks}
        self.views: dict[str, View] = {view.address: view for view in views}
        self.questions: dict[str, str] = dict(questions or {})

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Orders the addresses of the tables that a refresh fills, each after those that its SELECT reads."""
        reads = {table.address: sorted(self.reads(table)) for _, table in sorted(self.tables.items())}
        ordered = TopologicalSorter(reads).static_order()
        return tuple(address for address in ordered if self.tables[address].sql is not None)

    def reads(self, table: Table) -> set[str]:
        """Returns the addresses of the tables that a table's SELECT names."""
        return set(self.addresses_in(table.sql or ""))

    def addresses_in(self, sql: str) -> Iterator[str]:
        for found in _ADDRESS.finditer(_without_comments(sql)):
            if found.group() in self.tables:
                yield found.group()

    def render(self, sql: str, name: Callable[[str], str]) -> str:
        """Removes the SQL's comments and replaces every declared table's address by `name(address)`."""
        return _ADDRESS.sub(
            lambda found: name(found.group()) if found.group() in self.tables else found.group(),
            _without_comments(sql),
        ).strip()

    def table(self, name: str) -> Table:
        """Finds a table by its address, or a mart or staging table by its bare name. Raises NotFound."""
        for address in (name, *(f"{dataset}.{name}" for dataset in (*MARTS, "staging"))):
            if address in self.tables:
                return self.tables[address]
        raise NotFound(f"the warehouse has no table {name}", field="table")

    def mart(self, name: str) -> Table:
        """Finds a mart by its bare name. Raises NotFound."""
        for dataset in MARTS:
            if (table := self.tables.get(f"{dataset}.{name}")) is not None:
                return table
        raise NotFound(f"the warehouse has no mart {name}", field="mart")

    def check(self, name: str) -> Check:
        """Returns a check by its name. Raises NotFound."""
        if name not in self.checks:
            raise NotFound(f"the warehouse has no check {name}", field="check")
        return self.checks[name]

    def question(self, name: str) -> str:
        """Returns a named query. Raises NotFound."""
        if name not in self.questions:
            raise NotFound(f"the warehouse has no question {name}", field="question")
        return self.questions[name]

    def raw_of(self, topic: str) -> Table:
        """Finds the raw table of a topic. Raises NotFound."""
        for table in self.tables.values():
            if table.topic == topic and table.refresh == "subscription":
                return table
        raise NotFound(f"no raw table carries the topic {topic}", field="topic")

    @cached_property
    def marts(self) -> tuple[Table, ...]:
        return tuple(table for table in self.tables.values() if table.dataset in MARTS)

    def mart_rows(self, name: str) -> str:
        """Returns the query of all rows of a mart, in the order of its key."""
        table = self.mart(name)
        return f"SELECT * FROM {table.address} ORDER BY {', '.join(table.key)}"

    def newest(self, table: Table) -> str:
        """Returns the query of the time (`newest`) of the newest message that an incremental table holds."""
        return f"SELECT MAX(publish_time) AS newest FROM {table.address}"

    def fill(self, table: Table) -> tuple[str, ...]:
        """Writes the statements that fill an incremental table (they take @since) or a full one (@as_of), together."""
        if table.sql is None:
            raise NotFound(f"{table.address} is written by its {table.refresh}, not refreshed", field="table")
        # Back-quoted and qualified: a contract may name a field `at` or `incoming`.
        names = ", ".join(f"`{column}`" for column in table.column_names)
        values = ", ".join(f"incoming.`{column}`" for column in table.column_names)
        select = _without_comments(table.sql).strip()
        if table.refresh == "full":
            # No MERGE on a condition that is constantly false: DuckDB compares each row with each before it finds out.
            return (
                f"DELETE FROM {table.address} WHERE TRUE",
                f"INSERT INTO {table.address} ({names})\nSELECT {values} FROM (\n{select}\n) AS incoming",
            )
        same = " AND ".join(f"existing.`{column}` = incoming.`{column}`" for column in table.key)
        updates = ", ".join(
            f"`{column}` = incoming.`{column}`" for column in table.column_names if column not in table.key
        )
        return (
            f"MERGE INTO {table.address} AS existing USING (\n{select}\n) AS incoming ON {same}\n"
            f"WHEN MATCHED AND ({_later(table.newest_by)}) THEN UPDATE SET {updates}\n"
            f"WHEN NOT MATCHED THEN INSERT ({names}) VALUES ({values})",
        )


def _later(columns: tuple[str, ...]) -> str:
    """Spells incoming > existing, compared column by column in this order."""
    first, *rest = columns
    later = f"incoming.{first} > existing.{first}"
    return f"{later} OR (incoming.{first} = existing.{first} AND ({_later(tuple(rest))}))" if rest else later


def _without_comments(sql: str) -> str:
    return "\n".join(line for line in sql.splitlines() if not line.lstrip().startswith("--"))


def first_comment(sql: str) -> str:
    """Returns the first line of a SQL file, without its dashes: the grain, or what a check looks for."""
    line = sql.split("\n", 1)[0]
    return line.removeprefix("--").strip() if line.startswith("--") else ""


def load(directory: Path = DIRECTORY) -> Catalogue:
    """Reads the catalogue; a ValueError names the file that is incomplete."""
    tables, views = [], []
    for path in sorted(directory.glob("*/*.yaml"), key=lambda path: path.name):
        if path.stem.startswith(f"{VIEWS}."):
            views.append(_view(path))
        else:
            tables.append(_table(path))
    checks = [
        Check(path.stem.removeprefix(f"{CHECKS}."), first_comment(text), text)
        for path in sorted(directory.glob(f"*/{CHECKS}.*.sql"), key=lambda path: path.name)
        for text in [path.read_text(encoding="utf-8")]
    ]
    known = {table.address for table in tables}
    for view in views:
        if view.of not in known:
            raise ValueError(f"{view.address} is a view of the unknown table {view.of}")
    questions = {
        path.stem.removeprefix(f"{QUESTIONS}."): path.read_text(encoding="utf-8")
        for path in directory.glob(f"*/{QUESTIONS}.*.sql")
    }
    return Catalogue(tables, checks, views, questions)


@cache
def catalogue() -> Catalogue:
    """Reads the platform's own catalogue once."""
    return load()


def _table(path: Path) -> Table:
    try:
        table = _declared_table(path)
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path.name}: {error!r} is missing or wrong") from error
    if table.address != path.stem:
        raise ValueError(f"{path.name} declares {table.address}")
    own = "aggregates" if table.dataset not in get_args(RowsAbout) else table.dataset
    if table.rows_about != own:
        raise ValueError(
            f"{path.name}: rows about {table.rows_about} in {table.dataset}; "
            f"rows about individuals or organisations, and no others, stand in the dataset of that name"
        )
    return table


def _declared_table(path: Path) -> Table:
    declared = yaml.load(path.read_text(encoding="utf-8"), SafeLoader)
    filled = declared["refresh"] in ("incremental", "full")
    return Table(
        address=declared["table"],
        refresh=declared["refresh"],
        grain=declared["grain"],
        about=declared["about"],
        key=tuple(declared["key"]),
        columns=_columns(declared),
        topic=declared.get("topic"),
        newest_by=tuple(declared.get("newest_by", ())),
        partition_by=declared.get("partition_by"),
        expires_days=declared.get("expires_days"),
        cluster_by=tuple(declared.get("cluster_by", ())),
        sql=path.with_suffix(".sql").read_text(encoding="utf-8") if filled else None,
        asks=declared.get("asks", {}),
        question=declared.get("question", ""),
        page=declared.get("page"),
        rows_about=declared.get("rows_about", "aggregates"),
    )


def _view(path: Path) -> View:
    declared = yaml.load(path.read_text(encoding="utf-8"), SafeLoader)
    if declared["view"] != path.stem:
        raise ValueError(f"{path.name} declares {declared['view']}")
    return View(
        address=path.stem,
        of=declared["of"],
        about=declared["about"],
        sql=path.with_suffix(".sql").read_text(encoding="utf-8"),
    )


def _columns(declared: Mapping[str, Any]) -> tuple[Column, ...]:
    """Returns the columns; of a mart (which says `measures`) each with its unit and range."""
    columns = tuple(_column(column) for column in declared["schema"])
    if "measures" not in declared:
        return columns
    measures: Mapping[str, str] = declared["measures"]
    numbers = {column.name for column in columns if column.type in NUMBERS}
    if measures.keys() != numbers:
        raise ValueError(f"{declared['table']}: `measures` names {sorted(measures.keys() ^ numbers)} on one side only")
    return tuple(
        replace(column, measure=MEASURES[measures[column.name]] if column.name in measures else OTHERWISE[column.type])
        for column in columns
    )


def _column(declared: Mapping[str, Any]) -> Column:
    return Column(
        name=declared["name"],
        type=declared["type"],
        mode=declared.get("mode", "NULLABLE"),
        description=declared["description"],
        fields=tuple(_column(field) for field in declared.get("fields", ())),
    )
