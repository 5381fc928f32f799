"""GoogleSQL in DuckDB's words: sqlglot's translation, what it gets wrong put right, and JSON read once.

Put right: JSON_KEYS has another name and takes no depth, COUNTIF of nothing but NULLs is 0, and a time read from text
keeps its offset (DuckDB's plain TIMESTAMP would drop it) before it is stored as UTC without a zone.

Read once: `ARRAY(SELECT AS STRUCT … FROM UNNEST(list) AS x)` becomes a list comprehension instead of a join that takes
rows apart and collects them again, and the fields of a JSON object that a SELECT or a comprehension reads are parsed
together instead of once per field. Staging ten times as fast is what it is for; the result is the same.
"""

from __future__ import annotations

import json
from functools import lru_cache

import sqlglot
from sqlglot import exp


@lru_cache(maxsize=512)
def translated(sql: str) -> tuple[str, frozenset[str]]:
    """Translates a GoogleSQL statement for DuckDB, and names its parameters (`@name` there, `$name` here)."""
    tree = sqlglot.parse_one(sql, read="bigquery")
    _repair(tree)
    for select in list(tree.find_all(exp.Select)):
        _parse_once(select)
    # The outermost first: a comprehension takes those within it along.
    while (array := next((node for node in tree.find_all(exp.Array) if _chain(node)), None)) is not None:
        array.replace(_comprehension(array))
    names = frozenset(node.name for node in tree.find_all(exp.Parameter))
    return tree.sql("duckdb", comments=False), names


def _repair(tree: exp.Expr) -> None:
    # The innermost first, since a replaced node takes a copy of what is within it.
    for keys in reversed(list(tree.find_all(exp.JSONKeysAtDepth))):
        keys.replace(exp.Anonymous(this="json_keys", expressions=[keys.this.copy()]))
    for count in reversed(list(tree.find_all(exp.CountIf))):
        counted = exp.Case().when(count.this.copy(), exp.Literal.number(1))
        count.replace(exp.Count(this=counted))
    for cast in reversed(list(tree.find_all(exp.Cast))):
        if cast.to.this == exp.DataType.Type.TIMESTAMPTZ:
            cast.replace(type(cast)(this=cast.copy(), to=exp.DataType.build("TIMESTAMP", dialect="duckdb")))


def _chain(array: exp.Array) -> list[tuple[str, exp.Expr]] | None:
    """Returns what an ARRAY(SELECT AS STRUCT …) goes through, names and lists, if it only does so and sorts by them."""
    if len(array.expressions) != 1 or not isinstance(select := array.expressions[0], exp.Select):
        return None
    present = {name for name, value in select.args.items() if value}
    if select.args.get("kind") != "STRUCT" or not present <= {"kind", "expressions", "from_", "joins", "order"}:
        return None
    sources = [select.args["from_"].this, *(join.this for join in select.args.get("joins") or ())]
    if any(join.args.get("on") or join.args.get("side") for join in select.args.get("joins") or ()):
        return None
    chain = []
    for source in sources:
        if not isinstance(source, exp.Unnest) or source.args.get("offset") or len(source.expressions) != 1:
            return None
        chain.append((source.args["alias"].columns[0].name, source.expressions[0]))
    order = select.args.get("order")
    if order and [ordered.this.sql() for ordered in order.expressions] != [name for name, _ in chain]:
        return None
    if any(ordered.args.get("desc") for ordered in (order.expressions if order else ())):
        return None
    return chain


def _comprehension(array: exp.Array) -> exp.Expr:
    chain, select = _chain(array) or [], array.expressions[0]
    element: exp.Expr = exp.Struct(
        expressions=[
            exp.PropertyEQ(this=exp.to_identifier(column.alias_or_name), expression=column.unalias().copy())
            for column in select.expressions
        ]
    )
    for depth, (name, values) in enumerate(reversed(chain)):
        listed = _typed_list(name, values.copy(), element)
        if select.args.get("order"):
            listed = exp.Anonymous(this="list_sort", expressions=[listed])
        comprehended = exp.Anonymous(
            this="list_transform",
            expressions=[listed, exp.Lambda(this=element, expressions=[exp.to_identifier(name)], colon=True)],
        )
        # A list that is NULL is an empty one to UNNEST.
        element = exp.Coalesce(this=comprehended, expressions=[exp.Array()])
        if depth:
            element = exp.Anonymous(this="flatten", expressions=[element])
    return element


def _typed_list(name: str, values: exp.Expr, element: exp.Expr) -> exp.Expr:
    """Parses the elements of JSON_QUERY_ARRAY's list into the fields that the comprehension reads of them."""
    fields = _fields_read(element, name)
    if not fields or not isinstance(values, exp.JSONExtractArray):
        return values
    text = exp.JSONExtract(this=values.this.copy(), expression=values.expression.copy(), only_json_types=True)
    _read_fields(element, name)
    return _from_json(text, "[" + _structure(fields) + "]")


def _parse_once(select: exp.Select) -> None:
    """Parses, in the FROM clause, the fields of a table whose column `data` is JSON text."""
    source = select.args.get("from_")
    if source is None or not isinstance(source.this, exp.Table) or select.args.get("joins"):
        return
    fields = _fields_read(select, "data")
    if not fields:
        return
    _read_fields(select, "data")
    read = exp.Alias(this=_from_json(exp.column("data"), _structure(fields)), alias=exp.to_identifier("data"))
    parsed = exp.select(exp.Star(replace=[read])).from_(source.this.copy())
    source.set("this", parsed.subquery("parsed"))


def _uses(tree: exp.Expr, name: str) -> list[exp.Column]:
    return [column for column in tree.find_all(exp.Column) if column.name == name and not column.table]


def _fields_read(tree: exp.Expr, name: str) -> dict[str, str]:
    """Tells which fields of the JSON object `name` are read, as text or as JSON; nothing if it is used otherwise."""
    fields: dict[str, str] = {}
    for column in _uses(tree, name):
        reader = column.parent
        if not isinstance(reader, exp.JSONExtract | exp.JSONExtractScalar | exp.JSONExtractArray):
            return {}
        path = reader.expression
        steps = path.expressions if isinstance(path, exp.JSONPath) else []
        if reader.this is not column or len(steps) != 2 or not isinstance(steps[1], exp.JSONPathKey):
            return {}
        kind = "VARCHAR" if isinstance(reader, exp.JSONExtractScalar) else "JSON"
        if fields.setdefault(str(steps[1].this), kind) != kind:
            return {}
    return fields


def _read_fields(tree: exp.Expr, name: str) -> None:
    for column in _uses(tree, name):
        reader = column.parent
        assert reader is not None
        field = exp.Dot(
            this=column.copy(), expression=exp.to_identifier(reader.expression.expressions[1].this, quoted=True)
        )
        if isinstance(reader, exp.JSONExtractArray):
            reader.set("this", field)
            reader.set("expression", exp.JSONPath(expressions=[exp.JSONPathRoot()]))
        else:
            reader.replace(field)


def _structure(fields: dict[str, str]) -> str:
    return json.dumps(fields)


def _from_json(text: exp.Expr, structure: str) -> exp.Expr:
    return exp.Anonymous(this="from_json", expressions=[text, exp.Literal.string(structure)])
