"""Trips: their columns, and a row as the model's inputs. One definition for preprocessing, training and serving."""

import csv
import math

from mlops_program import UserError, files_below

import numpy as np

CATEGORIES = ('city', 'vehicle', 'weekday')
NUMBERS = ('distance_km', 'parcels', 'rain_mm')
ID, LABEL = 'trip', 'minutes'
LARGEST = 1e38


def read_table(file):
    """Returns the rows of a CSV file as dictionaries of texts; an empty cell is None. Raises UserError."""
    try:
        with file.open(encoding='utf-8-sig', newline='') as stream:
            return [{name: cell or None for name, cell in row.items()} for row in csv.DictReader(stream)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f'{file.name}: not CSV in UTF-8 ({error})') from None


def number_of(value):
    """Returns a finite number for a number or its text, and NaN for None. Raises ValueError."""
    if value is None:
        return math.nan
    # True is a number for Python, and not for a person.
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError('not a number')
    number = float(value)
    # XGBoost computes with 32 bits, and 1e39 would be infinite.
    if not abs(number) < LARGEST:
        raise ValueError('not a finite number')
    return number


def check(row):
    """Raises ValueError for a row that the model cannot use: `<column>: <problem>`."""
    if not isinstance(row, dict):
        raise ValueError('not an object of columns')
    for name in CATEGORIES:
        if not isinstance(row.get(name), str):
            raise ValueError(f'{name}: missing or not a text')
    for name in NUMBERS:
        try:
            number_of(row.get(name))
        except (ValueError, OverflowError):
            shown = f'{row[name]!r:.50}'
            raise ValueError(f'{name}: {shown} is not a number below {LARGEST}; leave it out if it is unknown') from None


def vocabulary_of(rows):
    """Returns the values of each category, sorted."""
    return {name: sorted({row[name] for row in rows}) for name in CATEGORIES}


def inputs_of(rows, vocabulary):
    """Returns float32 [rows, inputs]: the numbers, NaN for an unknown one, and a column for each value of a category.

    A value that training did not know has 0 in all of its category's columns.
    """
    return np.array(
        [
            [number_of(row.get(name)) for name in NUMBERS]
            + [float(row[name] == value) for name in CATEGORIES for value in vocabulary[name]]
            for row in rows
        ],
        dtype=np.float32,
    )


def read_split(folder):
    """Returns the labels and the rows of a split. Raises UserError if it has none."""
    rows = [row for file in files_below(folder) for row in read_table(file)]
    if not rows:
        raise UserError(f'{folder.name}: the split has no rows; raise its fraction or give the run more data')
    return [float(row[LABEL]) for row in rows], rows
