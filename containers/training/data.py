"""Loads a channel's CSV files: the class index in the first column, then the features in the schema's order."""

import csv
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from failures import UserError
from schema import Schema


@dataclass(frozen=True)
class Table:
    features: np.ndarray
    """float32 [rows, features], all finite."""
    labels: np.ndarray
    """int64 [rows], indexes into the schema's classes."""


def load_channel(folder: Path, schema: Schema) -> Table:
    """Reads all CSV files of the channel in `folder`, in the order of their relative paths.

    Raises:
        UserError: naming the file, and the line and column where they are known; or if there are no rows.
    """
    files = sorted(folder.rglob('*.csv'), key=lambda file: file.relative_to(folder).as_posix())
    parts = [part for file in files if (part := _load_file(file, schema)).size]
    if not parts:
        raise UserError(
            f'channel "{folder.name}": no rows in {len(files)} CSV files; give the job more data or a larger '
            f'share of it for "{folder.name}"'
        )
    values = np.concatenate(parts)
    with np.errstate(over='ignore'):
        return Table(values[:, 1:].astype(np.float32), values[:, 0].astype(np.int64))


def _load_file(file: Path, schema: Schema) -> np.ndarray:
    columns = ['label', *schema.features]
    try:
        with file.open(encoding='utf-8', newline='') as text:
            header = next(csv.reader(text), [])
            if header != columns:
                raise UserError(f'{file.name}: the header {_short(header)} is not {_short(columns)}, the schema\'s')
            with warnings.catch_warnings():
                warnings.filterwarnings('ignore', message='.*input contained no data.*')
                values = np.loadtxt(text, delimiter=',', comments=None, ndmin=2)
    except ValueError as error:
        raise _fault(file, schema) or UserError(f'{file.name}: not readable as numbers ({error})') from None
    if values.size and not _is_valid(values, len(schema.classes)):
        raise _fault(file, schema) or UserError(f'{file.name}: holds values that are not allowed')
    return values


def _is_valid(values: np.ndarray, classes: int) -> bool:
    labels = values[:, 0]
    return bool(
        np.isfinite(values).all()
        and (np.abs(values) <= np.finfo(np.float32).max).all()
        and np.isin(labels, np.arange(classes)).all()
    )


def _fault(file: Path, schema: Schema) -> UserError | None:
    """Looks for the cell that spoils the file: slow, and therefore only once it is known that there is one."""
    columns = ['label', *schema.features]
    with file.open(encoding='utf-8', errors='replace', newline='') as text:
        reader = csv.reader(text)
        next(reader, None)
        for cells in reader:
            where = f'{file.name}, line {reader.line_num}'
            if cells and len(cells) != len(columns):
                return UserError(f'{where}: {len(cells)} fields; the schema has {len(columns)}')
            for column, cell in zip(columns, cells):
                try:
                    valid = _is_valid(np.array([[0, float(cell)]]), 1)
                except ValueError:
                    valid = False
                if not valid:
                    return UserError(f'{where}: {column} "{cell}" is not a finite 32-bit number')
            if cells and float(cells[0]) not in range(len(schema.classes)):
                return UserError(f'{where}: label "{cells[0]}" is not a class index from 0 to {len(schema.classes) - 1}')
    return None


def _short(names: list[str]) -> str:
    text = ','.join(names)
    return f'"{text}"' if len(text) <= 300 else f'"{text[:300]}…"'
