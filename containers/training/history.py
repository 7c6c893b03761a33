"""The metrics of a training, one entry per epoch or round: the best entry, and the decision to stop."""

import math

from failures import UserError


class History:
    def __init__(self, unit: str, remedy: str):
        """`unit` is `epoch` or `round`; `remedy` is the advice for a loss that is not finite."""
        self._unit, self._remedy = unit, remedy
        self.entries: list[dict[str, float]] = []

    def add(self, metrics: dict[str, float]) -> None:
        """Adds the metrics of the next epoch or round.

        Raises:
            UserError: if one of them is not finite.
        """
        for name, value in metrics.items():
            if not math.isfinite(value):
                raise UserError(
                    f'training diverged at {self._unit} {len(self.entries) + 1}: {name} is not finite; {self._remedy}'
                )
        self.entries.append(metrics)

    @property
    def best(self) -> int:
        """Index of the entry with the lowest validation loss, the first one of equals; -1 without entries."""
        losses = [metrics['validation:loss'] for metrics in self.entries]
        return losses.index(min(losses)) if losses else -1

    def is_done(self, most: int, patience: int) -> bool:
        """Returns True at `most` entries, or `patience` after the best one; with a patience of 0, only at `most`."""
        waited = len(self.entries) - 1 - self.best
        return len(self.entries) >= most or 0 < patience <= waited


def format_metrics(metrics: dict[str, float]) -> str:
    """Returns `name=value;` for each, as the training job's metric definitions match them."""
    return ' '.join(f'{name}={value:.6g};' for name, value in metrics.items())


def named(split: str, measured: dict[str, float]) -> dict[str, float]:
    """Returns `train:loss` and the like; only the loss for the training rows."""
    return {f'{split}:{name}': value for name, value in measured.items() if split != 'train' or name == 'loss'}
