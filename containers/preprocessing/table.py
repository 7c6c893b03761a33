"""Reads CSV files row by row: a file that cannot be a table ends the job, a bad row is set aside."""

import csv
import math
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from failures import UserError
from schema import Schema

FLOAT32_MAX = 3.4028234663852886e38
"""Models take float32; a larger number would reach them as infinity."""


class Row(NamedTuple):
    features: str
    """In the schema's order, separated by commas; each reads back as exactly the number that was read."""
    label: str
    id: str | None


class Rejected(NamedTuple):
    line: int
    """Where the row starts, counted from 1; the header is line 1."""
    column: str
    value: str
    reason: str


class _BadCell(Exception):
    def __init__(self, column: str, value: str, reason: str):
        self.cell = (column, value, reason)


def find_files(folder: Path) -> list[Path]:
    """The CSV files below `folder`, in the order of their relative paths.

    Raises:
        UserError: if there is none.
    """
    files = [file for file in folder.rglob('*.csv') if file.is_file()]
    if not files:
        raise UserError(f'{folder}: no .csv file in this shard; upload the data as objects ending in .csv')
    return sorted(files, key=lambda file: file.relative_to(folder).as_posix())


def read_rows(file: Path, name: str, schema: Schema) -> Iterator[Row | Rejected]:
    """Yields each data row of `file`, good or rejected. `name` is what messages call the file.

    Raises:
        UserError: for what makes the whole file unusable: no header, no rows, a header with a column twice
            or without one that the schema names, broken quoting, bytes that are not UTF-8.
    """
    with file.open(encoding='utf-8-sig', newline='') as text:
        reader = csv.reader(text, strict=True)
        try:
            header = next(reader, None)
            if header is None:
                raise UserError(f'{name}: the file is empty; it needs a header line and rows')
            columns = _Columns(name, [cell.strip() for cell in header], schema)
            rows = 0
            last_line = reader.line_num
            for cells in reader:
                line, last_line = last_line + 1, reader.line_num
                if cells:
                    rows += 1
                    yield columns.parse(line, cells)
            if rows == 0:
                raise UserError(f'{name}: the file has a header but no rows')
        except csv.Error as error:
            raise UserError(f'{name}, line {reader.line_num}: not readable as CSV ({error})') from None
        except UnicodeDecodeError as error:
            byte = error.object[error.start]
            raise UserError(
                f'{name}, after line {reader.line_num}: byte 0x{byte:02x} is not UTF-8; save the file as UTF-8'
            ) from None


class _Columns:
    """Where the schema's columns stand in one file."""

    def __init__(self, file: str, header: list[str], schema: Schema):
        for index, column in enumerate(header):
            if column and column in header[:index]:
                raise UserError(f'{file}: the header names the column "{column}" twice; remove or rename one')
        wanted = [schema.label, *([schema.id] if schema.id else []), *schema.features]
        missing = [column for column in wanted if column not in header]
        if missing:
            raise UserError(
                f'{file}: the column {_listed(missing)} of the schema is missing; the file has {_listed(header)}'
            )
        self._width = len(header)
        self._schema = schema
        self._classes = frozenset(schema.classes)
        self._label = header.index(schema.label)
        self._id = header.index(schema.id) if schema.id else None
        self._features = [header.index(feature) for feature in schema.features]

    def parse(self, line: int, cells: list[str]) -> Row | Rejected:
        if len(cells) != self._width:
            return Rejected(line, '', str(len(cells)), f'wrong number of fields, {self._width} expected')
        try:
            features = self._numbers(cells)
            return Row(','.join(map(repr, features)), self._class_of(cells), self._id_of(cells))
        except _BadCell as error:
            return Rejected(line, *error.cell)

    def _numbers(self, cells: list[str]) -> list[float]:
        texts = [cells[index] for index in self._features]
        # Nearly all rows are good: one look at a whole row, not at each of its cells, saves a third of the time.
        try:
            numbers = list(map(float, texts))
        except ValueError:
            numbers = []
        if numbers and sum(map(abs, numbers)) <= FLOAT32_MAX and _are_plain(''.join(texts)):
            return numbers
        return [_number(column, text) for column, text in zip(self._schema.features, texts)]

    def _class_of(self, cells: list[str]) -> str:
        label = cells[self._label].strip()
        if label not in self._classes:
            reason = f'not one of the classes {_listed(self._schema.classes)}' if label else 'empty'
            raise _BadCell(self._schema.label, label, reason)
        return label

    def _id_of(self, cells: list[str]) -> str | None:
        if self._id is None:
            return None
        value = cells[self._id].strip()
        if not value:
            raise _BadCell(str(self._schema.id), value, 'empty')
        return value


def _number(column: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise _BadCell(column, text, 'not a number' if text.strip() else 'empty') from None
    if not _are_plain(text):
        raise _BadCell(column, text, 'not a number')
    if not math.isfinite(value):
        raise _BadCell(column, text, 'not finite')
    if abs(value) > FLOAT32_MAX:
        raise _BadCell(column, text, 'too large for a 32-bit float')
    return value


def _are_plain(text: str) -> bool:
    """False for "1_000" and digits of other scripts: float() takes them, other readers of the same file do not."""
    return text.isascii() and '_' not in text


def _listed(names: list[str] | tuple[str, ...]) -> str:
    shown = ', '.join(f'"{name}"' for name in names[:40])
    return shown if len(names) <= 40 else f'{shown} and {len(names) - 40} more'
