"""Turns a table's inputs into columns that trees can split: numbers as they are, categories through tables."""

from dataclasses import dataclass

import numpy as np

from encoding import Encoding
from task import Task

ONE_HOT = 32
"""Maximum values of a category that gets one column for each value; with more, it gets the label's mean by value."""
SMOOTHING = 10.0
"""Rows with the overall mean that are added to the rows of each value, so that few rows have little weight."""
FOLDS = 5


@dataclass(frozen=True)
class TreeColumns:
    """The columns of the trees: the inputs `numbers`, then for each category the row of its table."""

    numbers: list[int]
    categories: list[int]
    tables: list[np.ndarray]
    """float32 [codes, width], one per category."""

    def transform(self, features: np.ndarray) -> np.ndarray:
        """Returns the columns of `features`, float32 [rows, inputs], as float32 [rows, columns]."""
        return self._join(features, self.tables)

    def _join(self, features: np.ndarray, tables: list[np.ndarray]) -> np.ndarray:
        if not self.categories:
            return features
        codes = (features[:, index].astype(np.int64) for index in self.categories)
        return np.concatenate(
            [features[:, self.numbers], *(table[column] for table, column in zip(tables, codes))], axis=1
        )


def learn_columns(
    features: np.ndarray, labels: np.ndarray, encoding: Encoding, task: Task
) -> tuple[TreeColumns, np.ndarray]:
    """Learns the tables from the training rows.

    Returns:
        The columns, and the training rows in them, float32 [rows, columns]. For the training rows, each fifth is
        encoded with the means of the other four fifths: with its own label in its columns, trees would overfit
        values that few rows have.
    """
    targets = _targets(labels, task)
    folds = np.arange(len(features)) % FOLDS
    tables, own_columns = [], [features[:, encoding.numbers]]
    for index in encoding.categories:
        codes, count = features[:, index].astype(np.int64), encoding.inputs[index].codes
        if count - 2 <= ONE_HOT:
            tables.append(np.eye(count, dtype=np.float32))
            own_columns.append(tables[-1][codes])
            continue
        by_fold = np.stack([_sums(codes[folds == fold], targets[folds == fold], count) for fold in range(FOLDS)])
        whole = by_fold.sum(axis=0)
        tables.append(_means(whole))
        others = np.stack([_means(whole - part) for part in by_fold])
        own_columns.append(others[folds, codes])
    columns = TreeColumns(encoding.numbers, encoding.categories, tables)
    return columns, np.concatenate(own_columns, axis=1) if encoding.categories else features


def _targets(labels: np.ndarray, task: Task) -> np.ndarray:
    """Returns float64 [rows, width]: one column per class, only the second of two classes; or the standardised label.
    """
    if task.classes is None:
        return task.targets(labels)[:, None].astype(np.float64)
    classes = np.arange(1 if task.outputs == 2 else 0, task.outputs)
    return (labels[:, None] == classes).astype(np.float64)


def _sums(codes: np.ndarray, targets: np.ndarray, count: int) -> np.ndarray:
    """Returns the rows of each code, then its sum of each target: float64 [codes, 1 + width]."""
    weights = [np.ones(len(codes)), *targets.T]
    return np.stack([np.bincount(codes, weight, minlength=count) for weight in weights], axis=1)


def _means(sums: np.ndarray) -> np.ndarray:
    """Returns the smoothed mean target of each code, float32 [codes, width]; the overall mean for a code without rows.
    """
    rows, totals = sums[:, :1], sums[:, 1:]
    overall = totals.sum(axis=0) / max(1.0, rows.sum())
    return ((totals + SMOOTHING * overall) / (rows + SMOOTHING)).astype(np.float32)
