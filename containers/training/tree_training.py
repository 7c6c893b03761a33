"""The loop that boosts trees: resumable after every round, with a byte-identical result after an interruption."""

import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import xgboost

from checkpoint import CheckpointFolder, refusal
from estimate import Estimate
from history import History, format_metrics, named
from log import log
from settings import Settings
from stopping import StopRequest
from task import Task

LINE_SECONDS = 0.5
"""Minimum seconds between two progress lines."""


class Boosting:
    """Boosts trees until the validation loss stops falling.

    `identity` is a digest of everything the result depends on; a checkpoint with another identity is refused.
    """

    def __init__(
        self,
        task: Task,
        train: tuple[np.ndarray, np.ndarray],
        validation: tuple[np.ndarray, np.ndarray],
        settings: Settings,
        checkpoints: CheckpointFolder,
        identity: str,
    ):
        """`train` and `validation` are columns, float32 [rows, columns], and labels [rows]."""
        self._task, self._settings, self._checkpoints, self._identity = task, settings, checkpoints, identity
        self.base = base_margins(task)
        self._labels = {'train': train[1], 'validation': validation[1]}
        self._matrices = {'train': self._matrix(*train), 'validation': self._matrix(*validation)}
        self._booster = self._new_booster()
        remedy = f'lower tree_learning_rate ({settings.tree_learning_rate}), or look for extreme values in the label'
        self.history = History('round', remedy)

    @property
    def best_trees(self) -> int:
        """Returns the number of the trees of the best round and all before it."""
        return (self.history.best + 1) * len(self.base)

    def run(self, headline: str) -> None:
        """Boosts to the end, from the newest checkpoint if there is one.

        `headline` begins the log line with the duration of 100 rounds.

        Raises:
            UserError: if the checkpoint belongs to another training.
            SystemExit: 143 after SIGTERM, with a checkpoint saved.
        """
        self._resume()
        settings = self._settings
        remedy = f'training.rounds ({settings.rounds}) or training.max_depth ({settings.max_depth})'
        rounds_left = settings.rounds - len(self.history.entries)
        estimate = Estimate(headline, '100 rounds take', 100, rounds_left, remedy)
        self._saved_at, reported_at = time.monotonic(), -math.inf
        with StopRequest() as stop:
            while not self._is_done():
                self._boost()
                done, now = self._is_done(), time.monotonic()
                stops, due = stop.received, done or now - reported_at >= LINE_SECONDS
                estimate.step(due=due)
                if done:
                    estimate.report()
                if done or stops or now - self._saved_at >= settings.checkpoint_seconds:
                    self._save()
                if due:
                    self._tell()
                    reported_at = now
                if stops:
                    log.info('stopped on request; a checkpoint is saved')
                    sys.exit(143)

    def measure(self, split: str) -> dict[str, float]:
        """Returns the metrics of the best round's model on all rows of `split`."""
        return self._measure(split, (0, self.history.best + 1))

    def answers(self, columns: np.ndarray) -> np.ndarray:
        """Returns XGBoost's answers of the best round to `columns`, float32 [rows, outputs]."""
        answers = self._booster.predict(self._matrix(columns), iteration_range=(0, self.history.best + 1))
        if self._task.classes is None:
            return (answers * np.float32(self._task.deviation) + np.float32(self._task.mean))[:, None]
        return answers if answers.ndim == 2 else np.stack([1 - answers, answers], axis=1)

    def model(self) -> bytes:
        """Returns all trees as XGBoost's JSON."""
        return bytes(self._booster.save_raw('json'))

    def _is_done(self) -> bool:
        return self.history.is_done(self._settings.rounds, self._settings.rounds_patience)

    def _boost(self) -> None:
        self._booster.update(self._matrices['train'], len(self.history.entries))
        self.history.add(named('validation', self._measure('validation')))

    def _measure(self, split: str, iterations: tuple[int, int] = (0, 0)) -> dict[str, float]:
        # Without a range of iterations XGBoost adds the newest trees to the sums that it has cached.
        margins = self._booster.predict(self._matrices[split], output_margin=True, iteration_range=iterations)
        if self._task.classes is not None and margins.ndim == 1:
            margins = np.stack([np.zeros_like(margins), margins], axis=1)
        return self._task.measure(margins.reshape(-1, self._task.outputs), self._labels[split])

    def _tell(self) -> None:
        metrics = {**named('train', self._measure('train')), **self.history.entries[-1]}
        log.info('round=%d/%d; %s', len(self.history.entries), self._settings.rounds, format_metrics(metrics))

    def _matrix(self, columns: np.ndarray, labels: np.ndarray | None = None) -> xgboost.DMatrix:
        matrix = xgboost.DMatrix(columns, nthread=self._settings.threads)
        if labels is not None:
            matrix.set_label(self._task.targets(labels))
            matrix.set_weight(self._task.row_weights(labels))
        margins = np.tile(self.base, (len(columns), 1))
        matrix.set_base_margin(margins if len(self.base) > 1 else margins[:, 0])
        return matrix

    def _new_booster(self, model: bytes | None = None) -> xgboost.Booster:
        settings = self._settings
        parameters = {
            **_objective(self._task),
            **_device(),
            'eta': settings.tree_learning_rate,
            'max_depth': settings.max_depth,
            'min_child_weight': settings.min_child_weight,
            # Nothing is drawn at random: XGBoost 1.7 draws other rows after a checkpoint than without one.
            'seed': settings.seed,
            'nthread': settings.threads,
            'verbosity': 0,
        }
        model_file = None if model is None else bytearray(model)
        return xgboost.Booster(parameters, list(self._matrices.values()), model_file)

    def _save(self) -> None:
        about = {'identity': self._identity, 'history': self.history.entries}
        data = json.dumps(about).encode() + b'\n' + bytes(self._booster.save_raw('ubj'))
        self._checkpoints.save(len(self.history.entries), data)
        self._saved_at = time.monotonic()

    def _resume(self) -> None:
        found = self._checkpoints.load_newest()
        if found is None:
            return
        name, data = found
        header, _, model = data.partition(b'\n')
        try:
            about = json.loads(header)
        except ValueError:
            about = {'identity': None}
        if about['identity'] != self._identity:
            raise refusal(name)
        self._booster = self._new_booster(model)
        self.history.entries = about['history']
        log.info('resumed from checkpoint %s at round %d', name, len(self.history.entries) + 1)


def base_margins(task: Task) -> np.ndarray:
    """Returns the margins that the trees' sums are added to, float32 [margins].

    They are passed with the rows, because the meaning of XGBoost's own `base_score` differs from version to version; it
    is set to a value that adds nothing. Two classes have one margin, the second one's over the first's.
    """
    return task.prior[1:] - task.prior[:1] if task.outputs == 2 else task.prior


def _objective(task: Task) -> dict[str, object]:
    if task.classes is None:
        return {'objective': 'reg:squarederror', 'base_score': 0.0}
    if task.outputs == 2:
        return {'objective': 'binary:logistic', 'base_score': 0.5}
    return {'objective': 'multi:softprob', 'num_class': task.outputs, 'base_score': 0.0}


def _device() -> dict[str, str]:
    """Returns the parameters that choose the GPU where there is one and XGBoost was built for it."""
    if not any(Path('/dev').glob('nvidia[0-9]*')) or not xgboost.build_info().get('USE_CUDA'):
        return {'tree_method': 'hist'}
    if int(xgboost.__version__.partition('.')[0]) < 2:
        return {'tree_method': 'gpu_hist'}
    return {'tree_method': 'hist', 'device': 'cuda'}
