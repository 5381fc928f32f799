"""Live state in Firestore: the `Documents` port on the official client's generated surface.

The handwritten surface of the same package cannot replace or merge a document under an update-time precondition, begins
a transaction with a round trip of its own and decodes into its own types; so this adapter writes the requests itself.
The SDK is imported with the first read or write, never with this module: a request that needs no document does not pay
for it.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import Any, Final, TypeVar

from infra.gcp.channels import plaintext_channel
from infra.gcp.firestore_errors import committing, reading
from infra.gcp.firestore_queries import check, rank, structure
from infra.gcp.firestore_values import (
    ESCAPE,
    field_path,
    leaf_paths,
    plain_path,
    read_fields,
    stored_name,
    stored_path,
    version_of,
    write_fields,
    write_version,
)
from shared.ports.documents import (
    DELETE_FIELD,
    TRANSACTION_SECONDS,
    Contended,
    Create,
    Delete,
    Document,
    DocumentTooLarge,
    Merge,
    Query,
    Reader,
    Transaction,
    Write,
)

T = TypeVar("T")

BATCH_LIMIT: Final = 10 << 20
"""Bytes of one commit."""
ATTEMPTS: Final = 12
"""Of a transaction, before it gives up as Contended."""

_READ_CHUNK: Final = 500
_IN_LIMIT: Final = 30
_TIMEOUT_SECONDS: Final = 30.0
_PATIENCE_SECONDS: Final = 15.0


class FirestoreDocuments:
    """The `Documents` port on one Firestore database of a project.

    database:  the database's id, `live` for live state
    emulator:  host:port of Google's emulator; else FIRESTORE_EMULATOR_HOST is respected, as by Google's own clients
    """

    def __init__(
        self,
        project: str,
        database: str = "live",
        *,
        emulator: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self._project = project
        self._database = database
        self._emulator = emulator or os.environ.get("FIRESTORE_EMULATOR_HOST")
        self._sleep = sleep
        self._again = threading.Lock()
        self.transaction_seconds: float = TRANSACTION_SECONDS

    @cached_property
    def _store(self) -> _Store:
        return _Store(self._project, self._database, self._emulator)

    def get(self, path: str) -> Document | None:
        return _Reads(self._store).get(path)

    def get_many(self, paths: Iterable[str], fields: Sequence[str] | None = None) -> dict[str, Document]:
        return _Reads(self._store).get_many(paths, fields)

    def query(self, query: Query) -> list[Document]:
        return _Reads(self._store).query(query)

    def commit(self, writes: Sequence[Write]) -> None:
        self._store.commit(writes)

    def transact(self, work: Callable[[Transaction], T]) -> T:
        with suppress(Contended):
            return self._attempt(work)
        # Begins anew after a random pause. Naming the lost attempt, which should keep its place in the server's line,
        # took two to three times as many attempts in Google's emulator. One of this process at a time: each holds locks
        # until it loses, so that of thirty at once hardly any would ever win.
        for attempt in range(1, ATTEMPTS):
            self._sleep(random.uniform(0, min(1.0, 0.02 * 2**attempt)))
            with self._again, suppress(Contended):
                return self._attempt(work)
        raise Contended(f"a transaction lost {ATTEMPTS} times against others")

    def _attempt(self, work: Callable[[Transaction], T]) -> T:
        transaction = _Transaction(self._store, self.transaction_seconds)
        try:
            result = work(transaction)
            transaction.commit()
        except BaseException:
            transaction.roll_back()
            raise
        return result

    def read_together(self, work: Callable[[Reader], T]) -> T:
        options = self._store.types.TransactionOptions.pb()()
        options.read_only.SetInParent()
        return work(_Reads(self._store, options))

    def collections(self) -> list[str]:
        return self._store.collections()


class _Store:
    """The connection to one database: requests in Firestore's own terms, errors in the port's."""

    def __init__(self, project: str, database: str, emulator: str | None):
        from google.api_core import exceptions
        from google.api_core.retry import Retry, if_exception_type
        from google.cloud.firestore_v1 import types
        from google.cloud.firestore_v1.services.firestore import FirestoreClient
        from google.cloud.firestore_v1.types import CommitRequest, StructuredQuery

        self.types = types
        self.query_pb = StructuredQuery.pb()
        self._commit_request = CommitRequest
        self._database = f"projects/{project}/databases/{database}"
        self.root = f"{self._database}/documents"
        self._retry = Retry(
            predicate=if_exception_type(exceptions.ServiceUnavailable),
            initial=0.1,
            maximum=2.0,
            timeout=_PATIENCE_SECONDS,
        )
        # An aborted batch has not been written: it met a transaction's locks, or many writers of one document.
        self._commit_retry = self._retry.with_predicate(
            if_exception_type(exceptions.ServiceUnavailable, exceptions.Aborted)
        )
        # The generated surface sends the project and database along only as routing headers.
        self._options: dict[str, Any] = {"timeout": _TIMEOUT_SECONDS, "metadata": ()}
        if emulator:
            from google.cloud.firestore_v1.services.firestore.transports import FirestoreGrpcTransport

            channel = plaintext_channel(emulator)
            self._api = FirestoreClient(transport=FirestoreGrpcTransport(channel=channel))
            # Without it the emulator applies its security rules.
            self._options["metadata"] = (("authorization", "Bearer owner"),)
        else:
            self._api = FirestoreClient()
        self._options["metadata"] += (("google-cloud-resource-prefix", self._database),)

    def name(self, path: str) -> str:
        """Returns a document's full resource name. Raises ValueError if the path is not a document's."""
        segments = path.split("/")
        if len(segments) % 2 or not all(segments):
            raise ValueError(f"{path!r} is not the path of a document (collection/id, an even number of segments)")
        return f"{self.root}/{stored_path(path)}"

    def document(self, pb: Any) -> Document:
        """Makes a document as the port returns it, from the protobuf."""
        path = plain_path(pb.name[len(self.root) + 1 :])
        return Document(path, read_fields(pb.fields), version_of(pb.update_time))

    def batch_get(
        self, names: Sequence[str], fields: Sequence[str] | None, consistency: dict[str, Any]
    ) -> Iterator[Any]:
        request = {"database": self._database, "documents": names, **consistency}
        if fields is not None:
            request["mask"] = {"field_paths": [field_path(name) for name in fields] or ["__name__"]}
        with reading():
            for response in self._api.batch_get_documents(request, retry=self._retry, **self._options):
                yield type(response).pb(response)

    def collections(self) -> list[str]:
        with reading():
            found = self._api.list_collection_ids({"parent": self.root}, retry=self._retry, **self._options)
            return sorted(plain_path(name) for name in found)

    def run_query(self, parent: str, structured: Any, consistency: dict[str, Any]) -> Iterator[Any]:
        query = self.types.StructuredQuery.wrap(structured)
        request = {"parent": parent, "structured_query": query, **consistency}
        with reading():
            for response in self._api.run_query(request, retry=self._retry, **self._options):
                yield type(response).pb(response)

    def commit(self, writes: Sequence[Write], transaction: bytes = b"") -> None:
        if not writes and not transaction:
            return
        request = self._commit_request.pb()()
        request.database = self._database
        request.transaction = transaction
        for write in writes:
            self._add(request.writes, write)
        size = request.ByteSize()
        if size > BATCH_LIMIT:
            raise DocumentTooLarge(f"a batch of {size} bytes, the limit is {BATCH_LIMIT}")
        # A repeated commit of a transaction cannot tell its own success from another's; a plain batch can: creates and
        # preconditions fail, all other writes come to the same.
        retry = None if transaction else self._commit_retry
        with committing(writes):
            self._api.commit(self._commit_request.wrap(request), retry=retry, **self._options)

    def roll_back(self, transaction: bytes) -> None:
        """Gives up a transaction's locks; best effort, since they end by themselves."""
        from google.api_core.exceptions import GoogleAPIError

        with suppress(GoogleAPIError):
            self._api.rollback(
                {"database": self._database, "transaction": transaction},
                retry=None,
                **{**self._options, "timeout": 5.0},
            )

    def _add(self, writes: Any, write: Write) -> None:
        """Appends a write to the protobuf list `writes`."""
        target = writes.add()
        name = self.name(write.path)
        if isinstance(write, Delete):
            target.delete = name
        else:
            target.update.name = name
            write_fields(target.update.fields, write.data)
        if isinstance(write, Create):
            target.current_document.exists = False
        elif write.if_version is not None:
            write_version(target.current_document.update_time, write.if_version)
        if not isinstance(write, Merge):
            return
        # Also when it names nothing: a missing mask would replace the document.
        target.update_mask.SetInParent()
        emptied = []
        for path in leaf_paths(write.data):
            if _value_at(write.data, path) == {}:
                # Naming the map itself would empty it. An entry is written and at once removed instead, which leaves
                # whatever else is there.
                path = (*path, ESCAPE)
                _map_at(target.update.fields, path[:-1])[stored_name(ESCAPE)].null_value = 0
                emptied.append(path)
            target.update_mask.field_paths.append(field_path(*path))
        if emptied:
            removal = writes.add()
            removal.update.name = name
            removal.update_mask.field_paths.extend(field_path(*path) for path in emptied)


class _Reads:
    """Reads; with transaction options all of one point in time.

    The first read begins the transaction, which saves the round trip of beginning it first.
    """

    def __init__(self, store: _Store, options: Any = None):
        self._store = store
        self._options = options
        self.id: bytes = b""

    def get(self, path: str) -> Document | None:
        return self.get_many([path]).get(path)

    def get_many(self, paths: Iterable[str], fields: Sequence[str] | None = None) -> dict[str, Document]:
        wanted = list(dict.fromkeys(paths))
        names = [self._store.name(path) for path in wanted]
        found: dict[str, Document] = {}
        for start in range(0, len(names), _READ_CHUNK):
            part = names[start : start + _READ_CHUNK]
            for response in self._store.batch_get(part, fields, self._consistency()):
                self.id = response.transaction or self.id
                if response.WhichOneof("result") == "found":
                    document = self._store.document(response.found)
                    found[document.path] = document
        return {path: found[path] for path in wanted if path in found}

    def query(self, query: Query) -> list[Document]:
        check(query)
        for position, where in enumerate(query.where):
            if where.operator == "in":
                values = list({repr(value): value for value in where.value}.values())
                if not values:
                    return []
                if len(values) > _IN_LIMIT:
                    return self._query_in_parts(query, position, values)
        return self._query(query)

    def _query(self, query: Query) -> list[Document]:
        parent, _, collection = query.collection.rpartition("/")
        resource = f"{self._store.root}/{stored_path(parent)}" if parent else self._store.root
        structured = self._store.query_pb()
        structure(structured, resource, collection, query)
        documents = []
        for response in self._store.run_query(resource, structured, self._consistency()):
            self.id = response.transaction or self.id
            if response.HasField("document"):
                documents.append(self._store.document(response.document))
        return documents

    def _query_in_parts(self, query: Query, position: int, values: Sequence[Any]) -> list[Document]:
        """Splits a query whose `in` has more values than Firestore takes, and merges the results."""
        order_fields = [name for name, _ in query.order_by]
        fields = None if query.fields is None else [*dict.fromkeys([*query.fields, *order_fields])]
        found: dict[str, Document] = {}
        for start in range(0, len(values), _IN_LIMIT):
            conditions = list(query.where)
            conditions[position] = replace(conditions[position], value=values[start : start + _IN_LIMIT])
            for document in self._query(replace(query, where=conditions, fields=fields)):
                found[document.path] = document
        downwards = bool(query.order_by) and query.order_by[-1][1] == "desc"
        documents = sorted(found.values(), key=lambda document: document.id, reverse=downwards)
        for name, direction in reversed(query.order_by):
            documents.sort(key=lambda document: rank(document.data[name]), reverse=direction == "desc")
        if query.fields is not None:
            kept = set(query.fields)
            documents = [
                replace(document, data={name: value for name, value in document.data.items() if name in kept})
                for document in documents
            ]
        return documents[: query.limit]

    def _consistency(self) -> dict[str, Any]:
        if self._options is None:
            return {}
        if self.id:
            return {"transaction": self.id}
        return {"new_transaction": self._store.types.TransactionOptions.wrap(self._options)}


class _Transaction(_Reads):
    """Reads under the server's locks, then writes."""

    def __init__(self, store: _Store, seconds: float):
        options = store.types.TransactionOptions.pb()()
        options.read_write.SetInParent()
        super().__init__(store, options)
        self._writes: list[Write] = []
        self._ends = time.monotonic() + seconds

    def get_many(self, paths: Iterable[str], fields: Sequence[str] | None = None) -> dict[str, Document]:
        self._refuse_after_write()
        return super().get_many(paths, fields)

    def query(self, query: Query) -> list[Document]:
        self._refuse_after_write()
        return super().query(query)

    def write(self, *writes: Write) -> None:
        self._writes.extend(writes)

    def commit(self) -> None:
        if self._writes:
            if time.monotonic() > self._ends:
                raise Contended("a transaction took too long")
            self._store.commit(self._writes, self.id)
        else:
            self.roll_back()

    def roll_back(self) -> None:
        if self.id:
            self._store.roll_back(self.id)
            self.id = b""

    def _refuse_after_write(self) -> None:
        if self._writes:
            raise RuntimeError("a transaction reads before it writes")


def _value_at(data: Any, path: Sequence[str]) -> Any:
    for name in path:
        data = data[name]
    return None if data is DELETE_FIELD else data


def _map_at(fields: Any, path: Sequence[str]) -> Any:
    for name in path:
        fields = fields[stored_name(name)].map_value.fields
    return fields
