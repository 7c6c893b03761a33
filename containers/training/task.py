"""The prediction task, classification or regression: targets, weights and metrics.

Margins are what both algorithms fit, float32 [rows, outputs]: logits of the classes, or the label in standard
deviations from its mean.
"""

from dataclasses import dataclass

import numpy as np

from encoding import Encoding
from failures import UserError
from settings import Settings


@dataclass(frozen=True)
class Task:
    classes: tuple[str, ...] | None
    """None: regression."""
    weights: np.ndarray | None
    """Weight of a row by class, float32 [classes]; None with regression."""
    prior: np.ndarray
    """Margins of a model that only knows the training labels, float32 [outputs]."""
    mean: float = 0.0
    deviation: float = 1.0
    """Standard deviation of the training labels; 1 for a constant label."""

    @property
    def outputs(self) -> int:
        return len(self.prior)

    @property
    def output_name(self) -> str:
        return 'value' if self.classes is None else 'probabilities'

    def targets(self, labels: np.ndarray) -> np.ndarray:
        """Returns the targets of the margins: class indexes, or labels in standard deviations (float32)."""
        if self.classes is None:
            return ((labels.astype(np.float64) - self.mean) / self.deviation).astype(np.float32)
        return labels

    def row_weights(self, labels: np.ndarray) -> np.ndarray:
        """Returns the weight of each row, float32 [rows]."""
        return np.ones(len(labels), np.float32) if self.weights is None else self.weights[labels]

    def measure(self, margins: np.ndarray, labels: np.ndarray) -> dict[str, float]:
        """Returns `loss` and `accuracy`, or `loss` and `rmse`.

        The loss is the weighted mean cross entropy, or the mean squared error in standard deviations; accuracy
        counts each row alike; rmse has the label's unit.
        """
        margins = margins.astype(np.float64)
        if self.classes is None:
            exact = (labels.astype(np.float64) - self.mean) / self.deviation
            loss = float(np.mean((margins[:, 0] - exact) ** 2))
            return {'loss': loss, 'rmse': self.deviation * loss**0.5}
        top = margins.max(axis=1)
        log_sum = top + np.log(np.exp(margins - top[:, None]).sum(axis=1))
        losses = log_sum - margins[np.arange(len(labels)), labels]
        weights = self.row_weights(labels).astype(np.float64)
        accuracy = float(np.mean(margins.argmax(axis=1) == labels))
        return {'loss': float(np.sum(losses * weights) / weights.sum()), 'accuracy': accuracy}


def task_of(encoding: Encoding, labels: np.ndarray, settings: Settings) -> Task:
    """Learns the task from the training rows' labels.

    Raises:
        UserError: if a class has no training row, or a setting does not fit the task.
    """
    if encoding.classes is None:
        if settings.class_weights != 'none':
            raise UserError(
                f'hyperparameter class_weights: "{settings.class_weights}" needs classes, and the label '
                f'"{encoding.label}" is a number; set it to "none"'
            )
        mean, deviation = float(labels.mean(dtype=np.float64)), float(labels.std(dtype=np.float64))
        # Equal numbers have a deviation that is only rounding errors.
        if deviation <= 1e-12 * abs(mean) or deviation == 0:
            deviation = 1.0
        return Task(None, None, np.zeros(1, np.float32), mean, deviation)
    counts = np.bincount(labels, minlength=len(encoding.classes))
    without = [name for name, count in zip(encoding.classes, counts) if count == 0]
    if without:
        raise UserError(
            f'no training row has the class {", ".join(map(repr, without[:5]))} of label "{encoding.label}"; '
            'remove it from "classes" in schema.json, or give the job rows of it'
        )
    if settings.class_weights == 'balanced':
        weights = counts.sum() / (len(counts) * counts)
    else:
        weights = np.ones(len(counts))
    prior = np.log(counts * weights / (counts * weights).sum())
    return Task(encoding.classes, weights.astype(np.float32), prior.astype(np.float32))
