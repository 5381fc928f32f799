"""Reads a CSV file that a person sends: a header of known columns, then lines that stand for themselves."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.kernel.errors import Malformed, Rejected
from shared.kernel.unicode_form import composed, folded

MOST_LINES = 20_000
EMAIL, PERSON = "email", "employee_id"
"""Columns that say whom a line is about; the second takes ids that are no addresses."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file. number: of its first line of text, the header's being 1

    too_wide: the complaint about a row with more cells than the header
    """

    number: int
    cells: Mapping[str, str]
    too_wide: str | None = None

    def cell(self, column: str) -> str:
        """Returns a cell without the white space around it; empty where the row or the file lacks it."""
        return self.cells.get(column, "").strip()

    @property
    def person(self) -> str:
        """Returns whom the line is about, by `email` or `employee_id`, in lower case."""
        return folded(self.cell(PERSON) or self.cell(EMAIL))

    def check_width(self) -> None:
        """Raises Rejected for a row with more cells than the header."""
        if self.too_wide is not None:
            raise Rejected(self.too_wide)


def rows(content: bytes, required: Sequence[str], optional: Sequence[str]) -> list[Row]:
    """Reads a file's rows; `employee_id` may stand in the place of `email`.

    Raises Malformed or Rejected for the file as a whole.
    """
    text = _text(content)
    first_line = text.split("\n", 1)[0]
    delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        header = [name.strip().lower().replace(" ", "_") for name in next(reader, [])]
        _check_header(header, required, optional)
        found: list[Row] = []
        following = reader.line_num + 1
        for cells in reader:
            # A quoted cell may have lines of its own: a row's number is that of its first.
            number, following = following, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if len(found) >= MOST_LINES:
                raise Rejected(f"at most {MOST_LINES} lines in one file", field="body")
            found.append(_row(number, header, cells, delimiter))
    except csv.Error as error:
        raise Malformed(f"line {reader.line_num} is no CSV: {error}", field="body") from None
    return found


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed(f"the file is not UTF-8 (byte {error.start}); save it as “CSV UTF-8”", field="body") from None
    if "\x00" in text:
        raise Malformed("the file has a NUL character and is no CSV", field="body")
    return composed(text.replace("\r\n", "\n").replace("\r", "\n"))


def _check_header(header: Sequence[str], required: Sequence[str], optional: Sequence[str]) -> None:
    instead = [PERSON] if EMAIL in required else []
    known = [*required, *optional, *instead]
    missing = [name for name in required if name not in header and not (name == EMAIL and PERSON in header)]
    if missing:
        raise Rejected(f"the header lacks {', '.join(missing)}; known columns: {', '.join(known)}", field="header")
    unknown = [name for name in header if name not in known]
    if unknown:
        raise Rejected(f"unknown column {unknown[0][:60]!r}; known: {', '.join(known)}", field="header")
    if EMAIL in header and PERSON in header:
        raise Rejected(f"{EMAIL} and {PERSON} both say whom a line is about; give one of them", field="header")
    if len(set(header)) != len(header):
        raise Rejected("a column appears twice", field="header")


def _row(number: int, header: Sequence[str], cells: Sequence[str], delimiter: str) -> Row:
    too_wide = None
    if any(cell.strip() for cell in cells[len(header) :]):
        too_wide = f"the line has {len(cells)} cells and the header {len(header)}; quote cells that hold {delimiter!r}"
    return Row(number, dict(zip(header, cells, strict=False)), too_wide)
