"""The training loop: resumable at every step, and the same to the last bit wherever it was interrupted."""

import json
import math
import signal
import sys
import time
from contextlib import nullcontext
from dataclasses import dataclass

import torch
from torch.nn.functional import cross_entropy

from checkpoint import CheckpointFolder
from failures import UserError
from group import Group
from log import log
from model import Classifier
from settings import Settings

EVALUATION_ROWS = 65_536


@dataclass
class Position:
    """How far the training is: `step` steps into epoch number `epoch`, both counted from 0."""

    epoch: int = 0
    step: int = 0


@dataclass(frozen=True)
class Split:
    features: torch.Tensor
    """float32 [rows, features], on the group's device."""
    labels: torch.Tensor
    """int64 [rows], likewise."""


class Training:
    """Trains `model` and ends with the weights of the epoch whose validation loss was lowest.

    `identity` stands for everything the result depends on; a checkpoint of another identity is refused.
    """

    def __init__(
        self,
        model: Classifier,
        train: Split,
        validation: Split,
        settings: Settings,
        group: Group,
        checkpoints: CheckpointFolder,
        identity: str,
    ):
        self._settings, self._group, self._checkpoints, self._identity = settings, group, checkpoints, identity
        self._train, self._validation = train, validation
        self._rows = len(train.labels) // group.size
        """Rows a process sees in an epoch; all have equally many, so that averaging gradients is fair."""
        if self._rows == 0:
            raise UserError(
                f'channel "train": {len(train.labels)} rows are fewer than the {group.size} processes; use fewer '
                'instances or GPUs, or more data'
            )
        self._steps = math.ceil(self._rows / settings.batch_size)
        self._model = model
        self._averaging_model = group.averaging(model)
        self._optimizer = torch.optim.AdamW(
            model.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
        )
        on_gpu = group.device.type == 'cuda'
        self._mixed_precision = torch.autocast('cuda', torch.float16) if on_gpu else nullcontext()
        self._scaler = _gradient_scaler(enabled=on_gpu)
        self._position = Position()
        self._loss = torch.zeros(2, dtype=torch.float64, device=group.device)
        """Sum of the losses of this epoch's rows so far, and their number."""
        self._best = _copy(model.state_dict())
        self.history: list[dict[str, float]] = []
        """The metrics of each epoch done."""
        self._stop_requested = False

    @property
    def best_epoch(self) -> int:
        """Index of the epoch with the lowest validation loss, the first one of equals; -1 before any is done."""
        losses = [metrics['validation:loss'] for metrics in self.history]
        return losses.index(min(losses)) if losses else -1

    def run(self) -> None:
        """Trains to the end, from the newest checkpoint if there is one, and loads the best weights.

        Raises:
            UserError: if the loss stops being finite, or the checkpoint belongs to another training.
            SystemExit: 143 after SIGTERM, with a checkpoint saved.
        """
        self._resume()
        previous = signal.signal(signal.SIGTERM, self._request_stop)
        self._saved_at = time.monotonic()
        while not self._is_done():
            self._run_epoch()
        signal.signal(signal.SIGTERM, previous)
        self._model.load_state_dict(self._best)

    def evaluate(self, split: Split) -> tuple[float, float]:
        """Mean loss and accuracy of the present weights on all rows of `split`."""
        self._model.eval()
        loss = correct = 0.0
        with torch.no_grad():
            for features, labels in zip(split.features.split(EVALUATION_ROWS), split.labels.split(EVALUATION_ROWS)):
                logits = self._model(features)
                loss += cross_entropy(logits, labels, reduction='sum').item()
                correct += (logits.argmax(dim=1) == labels).sum().item()
        return loss / len(split.labels), correct / len(split.labels)

    def _is_done(self) -> bool:
        settings = self._settings
        waited = len(self.history) - 1 - self.best_epoch
        return self._position.epoch >= settings.epochs or 0 < settings.patience <= waited

    def _run_epoch(self) -> None:
        started = time.perf_counter()
        position = self._position
        order = self._order(position.epoch)
        self._averaging_model.train()
        while position.step < self._steps:
            first = position.step * self._settings.batch_size
            self._take_step(order[first : first + self._settings.batch_size])
            position.step += 1
            # The last step's checkpoint is the one at the epoch's end.
            if position.step < self._steps:
                self._save_if_needed()
        self._end_epoch(time.perf_counter() - started)

    def _order(self, epoch: int) -> torch.Tensor:
        """This process's rows in the order of one epoch, the same however often the epoch was begun."""
        generator = torch.Generator().manual_seed(self._seed(epoch))
        order = torch.randperm(len(self._train.labels), generator=generator)
        return order[: self._rows * self._group.size][self._group.rank :: self._group.size].to(self._group.device)

    def _take_step(self, rows: torch.Tensor) -> None:
        # Dropout draws from a generator seeded by the position, so a checkpoint needs no generator's state.
        torch.manual_seed(self._seed(self._position.epoch, self._position.step, self._group.rank))
        features, labels = self._train.features[rows], self._train.labels[rows]
        with self._mixed_precision:
            loss = cross_entropy(self._averaging_model(features), labels)
        self._optimizer.zero_grad(set_to_none=True)
        self._scaler.scale(loss).backward()
        self._scaler.step(self._optimizer)
        self._scaler.update()
        self._loss[0] += loss.detach() * len(rows)
        self._loss[1] += len(rows)

    def _seed(self, *position: int) -> int:
        seed = self._settings.seed
        for part in position:
            seed = (seed * 1_000_003 + part) % 2**63
        return seed

    def _end_epoch(self, seconds: float) -> None:
        epoch = self._position.epoch
        loss_sum, rows = self._group.sum(self._loss).tolist()
        validation_loss, accuracy = self._group.from_leader(lambda: self.evaluate(self._validation))
        metrics = {
            'train:loss': loss_sum / rows,
            'validation:loss': validation_loss,
            'validation:accuracy': accuracy,
        }
        for name, value in metrics.items():
            if not math.isfinite(value):
                raise UserError(
                    f'training diverged at epoch {epoch + 1}: {name} is not finite with learning_rate '
                    f'{self._settings.learning_rate}; lower learning_rate, or look for extreme values in the data'
                )
        self.history.append(metrics)
        if self.best_epoch == epoch:
            self._best = _copy(self._model.state_dict())
        self._position = Position(epoch + 1)
        self._loss.zero_()
        self._say(f'epoch={epoch + 1}/{self._settings.epochs}; {format_metrics(metrics)} seconds={seconds:.2f};')
        self._save_if_needed(due=True)

    def _save_if_needed(self, due: bool = False) -> None:
        due = due or time.monotonic() - self._saved_at >= self._settings.checkpoint_seconds
        stop, due = self._group.any(self._stop_requested, due)
        if stop or due:
            self._save()
            self._saved_at = time.monotonic()
        if stop:
            self._say('stopped on request; a checkpoint is saved')
            sys.exit(143)

    def _request_stop(self, *_: object) -> None:
        self._stop_requested = True

    def _save(self) -> None:
        # Each process adds its own part of the epoch's loss; the leader's checkpoint has to hold the whole.
        loss = self._group.sum(self._loss)
        if not self._group.leads:
            return
        about = {
            'identity': self._identity,
            'epoch': self._position.epoch,
            'step': self._position.step,
            'history': self.history,
            'scaler': self._scaler.state_dict(),
        }
        content = {
            # Python's JSON gives back each float exactly.
            'about': json.dumps(about),
            'model': self._model.state_dict(),
            # The optimizer's other half, its options, holds floats and follows from the settings.
            'optimizer': self._optimizer.state_dict()['state'],
            'best': self._best,
            'loss': loss,
        }
        self._checkpoints.save(self._position.epoch * self._steps + self._position.step, content)

    def _resume(self) -> None:
        found = self._group.from_leader(self._checkpoints.load_newest)
        if found is None:
            return
        name, content = found
        about = json.loads(content['about'])
        if about['identity'] != self._identity:
            raise UserError(
                f'checkpoint {name} was made with other hyperparameters, data, schema or number of processes; '
                'use another checkpoint prefix, or empty this one'
            )
        self._model.load_state_dict(content['model'])
        options = self._optimizer.state_dict()['param_groups']
        self._optimizer.load_state_dict({'state': content['optimizer'], 'param_groups': options})
        self._scaler.load_state_dict(about['scaler'])
        self._best, self.history = content['best'], about['history']
        self._position = Position(about['epoch'], about['step'])
        if self._group.leads:
            self._loss.copy_(content['loss'])
        self._say(f'resumed from checkpoint {name} at epoch {about["epoch"] + 1} step {about["step"]}')

    def _say(self, line: str) -> None:
        if self._group.leads:
            log.info(line)


def format_metrics(metrics: dict[str, float]) -> str:
    """`name=value;` for each, as the training job's metric definitions expect them."""
    return ' '.join(f'{name}={value:.6g};' for name, value in metrics.items())


def _copy(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: tensor.detach().cpu().clone() for name, tensor in weights.items()}


def _gradient_scaler(enabled: bool):
    """Keeps small gradients from vanishing in half precision; on a CPU it passes everything through."""
    if hasattr(torch.amp, 'GradScaler'):
        return torch.amp.GradScaler('cuda', enabled=enabled)
    return torch.cuda.amp.GradScaler(enabled=enabled)
