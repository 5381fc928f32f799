"""The real GoogleSQL analyser and its reference executor (package zetasql), over the warehouse's catalogue.

Compiling its WebAssembly takes most of a minute; the compiled module is kept in the user's cache directory.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from infra.bigquery.catalogue import Catalogue, Column

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PARAMETERS = {"as_of": "DATE", "since": "TIMESTAMP", "newest_day": "DATE"}


class Missing(Exception):
    """The analyser is not installed here."""


def installed() -> bool:
    try:
        version("zetasql")
    except ImportError:
        return False
    return True


@cache
def _prepare_module() -> None:
    """Makes zetasql load its module from the cache, compiled on first use."""
    try:
        from wasmtime import Module
        from zetasql.core import wasm_client
    except ImportError as error:
        raise Missing(str(error)) from error
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "augment-skills"
    kept = base / f"zetasql-{version('zetasql')}-wasmtime-{version('wasmtime')}.cwasm"

    class Cached:
        @staticmethod
        def from_file(engine: Any, path: str) -> Any:
            if kept.exists():
                return Module.deserialize_file(engine, str(kept))
            module = Module.from_file(engine, path)
            kept.parent.mkdir(parents=True, exist_ok=True)
            # Written aside and moved, so that a second process never reads half of it.
            aside = kept.with_suffix(f".{os.getpid()}")
            aside.write_bytes(module.serialize())
            aside.replace(kept)
            return module

    wasm_client.Module = Cached


class GoogleSQL:
    """Analyses and runs statements over the tables of a catalogue."""

    def __init__(self, tables: Catalogue):
        _prepare_module()
        from zetasql import types
        from zetasql.types import AnalyzerOptions, LanguageOptions, TypeKind

        self._tables = tables
        language = LanguageOptions.maximum_features()
        # What BigQuery speaks: FLOAT64 and INT64 only, no DOUBLE or INT32.
        language.product_mode = types.ProductMode.PRODUCT_EXTERNAL
        language.supported_statement_kinds = [
            types.ResolvedNodeKind.RESOLVED_QUERY_STMT,
            types.ResolvedNodeKind.RESOLVED_MERGE_STMT,
            types.ResolvedNodeKind.RESOLVED_DELETE_STMT,
            types.ResolvedNodeKind.RESOLVED_INSERT_STMT,
        ]
        self._options = AnalyzerOptions(language_options=language, default_timezone="UTC")
        self._options.query_parameters = [
            AnalyzerOptions.QueryParameter(name=name, type=_simple(getattr(TypeKind, f"TYPE_{kind}")))
            for name, kind in PARAMETERS.items()
        ]
        self._language = language

    def analyse(self, sql: str) -> list[tuple[str, str]]:
        """The names and GoogleSQL types of a query's columns (none where it writes). Raises what the analyser says."""
        from zetasql.api import Analyzer

        statement = Analyzer(self._options, self._catalogue(list(self._tables.addresses_in(sql)))).analyze_statement(
            self._rendered(sql)
        )
        columns = getattr(statement, "output_column_list", None) or []
        return [(column.name, _spelled(column.column.type)) for column in columns]

    def run(
        self, sql: str, given: Mapping[str, Sequence[Mapping[str, Any]]], parameters: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """The rows of a query over `given` rows per table; absent columns are NULL.

        Speaks to the service in protocol buffers: the package's own wrappers lose times and empty records.
        """
        from zetasql.core.local_service import ZetaSqlLocalService

        service: Any = import_module("zetasql.wasi._pb2.zetasql.local_service.local_service_pb2")
        addresses = sorted(set(self._tables.addresses_in(sql)))
        request = service.EvaluateQueryRequest(
            sql=self._rendered(sql),
            options=self._options.to_proto(),
            simple_catalog=self._catalogue(addresses).to_proto(),
        )
        for address in addresses:
            rows = request.table_content[_single(address)].table_data.row
            for row in given.get(address, ()):
                cells = rows.add().cell
                for column in self._tables.tables[address].columns:
                    _fill(cells.add(), column, row.get(column.name))
            request.table_content[_single(address)].table_data.SetInParent()
        for name, value in parameters.items():
            if f"@{name}" in sql:
                parameter = request.params.add(name=name)
                _fill_scalar(parameter.value, PARAMETERS[name], value)
        client = ZetaSqlLocalService.get_instance().wasm_client
        response = client.call_grpc_func("ZetaSqlLocalService_EvaluateQuery", request, service.EvaluateQueryResponse)
        columns = [(column.name, column.type) for column in response.prepared.columns]
        return [
            {name: _python(kind, cell) for (name, kind), cell in zip(columns, row.cell, strict=True)}
            for row in response.content.table_data.row
        ]

    def _rendered(self, sql: str) -> str:
        return self._tables.render(sql, lambda address: f"`{_single(address)}`")

    def _catalogue(self, addresses: Sequence[str]) -> Any:
        from zetasql.api import CatalogBuilder, TableBuilder
        from zetasql.types import ZetaSQLBuiltinFunctionOptions

        builder = CatalogBuilder("warehouse").with_builtin_functions(
            ZetaSQLBuiltinFunctionOptions(language_options=self._language)
        )
        for address in sorted(set(addresses)):
            table = TableBuilder(_single(address))
            for column in self._tables.tables[address].columns:
                table.add_column(column.name, _type(column))
            builder.add_table(table.build())
        return builder.build()


def _single(address: str) -> str:
    """The executor finds a table's rows by one name only."""
    return address.replace(".", "__")


def _simple(kind: Any) -> Any:
    from zetasql.api import TypeFactory

    return TypeFactory.create_simple_type(kind)


_KINDS = {"INTEGER": "INT64", "FLOAT": "DOUBLE", "BOOLEAN": "BOOL"}


def _type(column: Column) -> Any:
    from zetasql.api import TypeFactory
    from zetasql.types import TypeKind

    if column.type == "RECORD":
        kind = TypeFactory.create_struct_type([(field.name, _type(field)) for field in column.fields])
    else:
        kind = _simple(getattr(TypeKind, f"TYPE_{_KINDS.get(column.type, column.type)}"))
    return TypeFactory.create_array_type(kind) if column.mode == "REPEATED" else kind


def _spelled(kind: Any) -> str:
    """A type as GoogleSQL spells it."""
    from zetasql.types import TypeKind

    if kind.type_kind == TypeKind.TYPE_ARRAY:
        return f"ARRAY<{_spelled(kind.array_type.element_type)}>"
    if kind.type_kind == TypeKind.TYPE_STRUCT:
        return (
            "STRUCT<"
            + ", ".join(f"{field.field_name} {_spelled(field.field_type)}" for field in kind.struct_type.field)
            + ">"
        )
    name = str(TypeKind(kind.type_kind).name).removeprefix("TYPE_")
    return {"DOUBLE": "FLOAT64"}.get(name, name)


def _fill(cell: Any, column: Column, value: Any) -> None:
    """Writes a Python value into a cell; an untouched one is NULL."""
    if column.mode == "REPEATED":
        cell.array_value.SetInParent()
        for item in value or ():
            _fill_one(cell.array_value.element.add(), column, item)
    elif value is not None:
        _fill_one(cell, column, value)


def _fill_one(cell: Any, column: Column, value: Any) -> None:
    if column.type == "RECORD":
        cell.struct_value.SetInParent()
        for field in column.fields:
            _fill(cell.struct_value.field.add(), field, value.get(field.name))
    else:
        _fill_scalar(cell, column.type, value)


def _fill_scalar(cell: Any, kind: str, value: Any) -> None:
    if kind == "TIMESTAMP":
        cell.timestamp_value.SetInParent()
        cell.timestamp_value.FromDatetime(value)
    elif kind == "DATE":
        cell.date_value = (value - EPOCH.date()).days
    elif kind == "INTEGER":
        cell.int64_value = value
    elif kind == "FLOAT":
        cell.double_value = float(value)
    elif kind == "BOOLEAN":
        cell.bool_value = value
    else:
        cell.string_value = value


def _python(kind: Any, cell: Any) -> Any:
    """A value of the executor (with its type, both as protocol buffers) as Python's; times in UTC."""
    from zetasql.types import TypeKind

    held = cell.WhichOneof("value")
    if held is None:
        return None
    if kind.type_kind == TypeKind.TYPE_ARRAY:
        return [_python(kind.array_type.element_type, element) for element in cell.array_value.element]
    if kind.type_kind == TypeKind.TYPE_STRUCT:
        fields = zip(kind.struct_type.field, cell.struct_value.field, strict=True)
        return {field.field_name: _python(field.field_type, inner) for field, inner in fields}
    if kind.type_kind == TypeKind.TYPE_DATE:
        return (EPOCH + timedelta(days=cell.date_value)).date()
    if kind.type_kind == TypeKind.TYPE_TIMESTAMP:
        return cell.timestamp_value.ToDatetime(tzinfo=UTC)
    return getattr(cell, held)
