"""Loads a channel's matrices: one description per shard, and the arrays that it names."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from encoding import Encoding, Input
from failures import UserError
from layout import read_json


@dataclass(frozen=True)
class Table:
    features: np.ndarray
    """float32 [rows, inputs], all finite; categories are codes."""
    labels: np.ndarray
    """[rows]: int64 indexes of classes, or float32 numbers."""


@dataclass(frozen=True)
class _Shard:
    file: Path
    rows: int
    parts: tuple[Path, ...]
    label_codes: np.ndarray | None
    """The model's code of each index of the shard's dictionary."""
    input_codes: tuple[np.ndarray | None, ...]


def load_channel(folder: Path, encoding: Encoding) -> Table:
    """Reads all matrices of the channel in `folder`, in the order of the descriptions' names.

    Raises:
        UserError: naming file, column and value; or if there are no rows.
    """
    files = sorted(folder.rglob('shard-*.json'), key=lambda file: file.relative_to(folder).as_posix())
    shards = [_load_description(file, encoding) for file in files]
    rows = sum(shard.rows for shard in shards)
    if rows == 0:
        raise UserError(
            f'channel "{folder.name}": no rows in {len(files)} shards; give the job more data or a larger '
            f'share of it for "{folder.name}"'
        )
    features = np.empty((rows, len(encoding.inputs)), np.float32)
    labels = np.empty(rows, np.int64 if encoding.classes else np.float32)
    row = 0
    for shard in shards:
        end = row + shard.rows
        for part in shard.parts:
            values = _open_part(part, len(encoding.inputs) + 1)
            next_row = row + len(values)
            if next_row > end:
                raise UserError(f'{shard.file.name}: {part.name} holds more rows than the {shard.rows} described')
            labels[row:next_row] = _labels(part, values[:, 0], encoding, shard)
            for index, (item, codes) in enumerate(zip(encoding.inputs, shard.input_codes)):
                features[row:next_row, index] = _column(part, values[:, index + 1], item, codes)
            row = next_row
        if row != end:
            raise UserError(f'{shard.file.name}: its parts hold {shard.rows - end + row} of {shard.rows} rows')
    return Table(features, labels)


def _load_description(file: Path, encoding: Encoding) -> _Shard:
    content = read_json(file)
    columns = [encoding.label, *(item.name for item in encoding.inputs)]
    try:
        rows, parts, found = content['rows'], content['parts'], content['columns']
        dictionaries = content['dictionaries']
        paths = tuple(file.parent / part for part in parts)
    except (KeyError, TypeError) as error:
        raise UserError(f'{file.name}: not a description of a matrix ({error!r}); start a new run') from None
    if found != columns:
        raise UserError(f'{file.name}: the columns {_short(found)} are not {_short(columns)}, those of encoding.json')
    label_codes = None
    if encoding.classes is not None:
        label_codes = _codes(dictionaries.get(encoding.label, []), encoding.classes, unknown=-1)
    input_codes = tuple(
        None if item.values is None else _codes(dictionaries.get(item.name, []), item.values, len(item.values))
        for item in encoding.inputs
    )
    return _Shard(file, rows, paths, label_codes, input_codes)


def _codes(dictionary: list[str], values: tuple[str, ...], unknown: int) -> np.ndarray:
    code_of = {value: code for code, value in enumerate(values)}
    return np.array([code_of.get(value, unknown) for value in dictionary], np.float32)


def _open_part(file: Path, columns: int) -> np.ndarray:
    try:
        values = np.load(file, mmap_mode='r', allow_pickle=False)
    except FileNotFoundError:
        raise UserError(f'{file.name}: there is no such file, but a description names it; start a new run') from None
    except ValueError as error:
        raise UserError(f'{file.name}: not a whole NPY file ({error}); start a new run') from None
    if values.dtype != np.float32 or values.ndim != 2 or values.shape[1] != columns:
        raise UserError(
            f'{file.name}: {values.dtype} {list(values.shape)} is not float32 [rows, {columns}]; start a new run'
        )
    return values


def _labels(file: Path, values: np.ndarray, encoding: Encoding, shard: _Shard) -> np.ndarray:
    if shard.label_codes is None:
        _check(np.isfinite(values), file, encoding.label, values, 'a finite number')
        return values
    _check(_are_places(values, shard.label_codes), file, encoding.label, values, _places(shard.label_codes))
    labels = shard.label_codes[values.astype(np.int64)]
    if (labels < 0).any():
        row = int(np.argmax(labels < 0))
        raise UserError(
            f'{file.name}, row {row + 1}: {encoding.label} is at index {values[row]:g} of the dictionary in '
            f'{shard.file.name}, which is not one of the classes {_short(list(encoding.classes))}; start a new run'
        )
    return labels


def _column(file: Path, values: np.ndarray, item: Input, codes: np.ndarray | None) -> np.ndarray:
    empty = np.isnan(values)
    if codes is None:
        _check(~np.isinf(values), file, item.name, values, 'a finite number, or NaN for an empty cell')
        return np.where(empty, np.float32(item.fill), values)
    _check(empty | _are_places(values, codes), file, item.name, values, _places(codes))
    codes_and_fill = np.append(codes, np.float32(item.fill))
    return codes_and_fill[np.where(empty, len(codes), values).astype(np.int64)]


def _are_places(values: np.ndarray, codes: np.ndarray) -> np.ndarray:
    return (values >= 0) & (values < len(codes)) & (values == np.floor(values))


def _places(codes: np.ndarray) -> str:
    return f"an index of its shard's dictionary of {len(codes)} values"


def _check(valid: np.ndarray, file: Path, name: str, values: np.ndarray, allowed: str) -> None:
    if not valid.all():
        row = int(np.argmin(valid))
        raise UserError(f'{file.name}, row {row + 1}: {name} is {values[row]:g}, not {allowed}; start a new run')


def _short(names: object) -> str:
    text = ', '.join(map(str, names)) if isinstance(names, list) else repr(names)
    return f'"{text}"' if len(text) <= 300 else f'"{text[:300]}…"'
