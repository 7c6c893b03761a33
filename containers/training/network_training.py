"""The network's training loop: resumable at every step, with a bit-identical result after an interruption."""

import io
import json
import math
import sys
import time
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import cross_entropy, mse_loss

from checkpoint import CheckpointFolder, refusal
from estimate import Estimate
from failures import UserError
from group import Group
from history import History, format_metrics, named
from log import log
from network import Network
from settings import Settings
from stopping import StopRequest
from task import Task

EVALUATION_ROWS = 65_536


@dataclass
class Position:
    """The progress of the training: `step` steps into epoch number `epoch`, both counted from 0."""

    epoch: int = 0
    step: int = 0


@dataclass(frozen=True)
class Split:
    features: torch.Tensor
    """float32 [rows, inputs], on the group's device."""
    targets: torch.Tensor
    """[rows], on the same device: int64 class indexes, or float32 labels in standard deviations."""
    labels: np.ndarray
    """[rows], as in the table."""


class Training:
    """Trains `network` and ends with the weights of the epoch whose validation loss was lowest.

    `identity` is a digest of everything the result depends on; a checkpoint with another identity is refused.
    """

    def __init__(
        self,
        network: Network,
        task: Task,
        train: Split,
        validation: Split,
        settings: Settings,
        group: Group,
        checkpoints: CheckpointFolder,
        identity: str,
    ):
        self._settings, self._group, self._checkpoints, self._identity = settings, group, checkpoints, identity
        self._task, self._train, self._validation = task, train, validation
        self._rows = len(train.labels) // group.size
        """Rows per process and epoch; equal for all, so that averaging gradients gives each row the same weight."""
        if self._rows == 0:
            raise UserError(
                f'channel "train": {len(train.labels)} rows are fewer than the {group.size} processes; use fewer '
                'instances or GPUs, or more data'
            )
        self._steps = math.ceil(self._rows / settings.batch_size)
        self._network = network
        self._averaging_network = group.averaging(network)
        self._optimizer = torch.optim.AdamW(
            [weight for weight in network.parameters() if weight.requires_grad],
            lr=settings.learning_rate,
            weight_decay=settings.weight_decay,
        )
        on_gpu = group.device.type == 'cuda'
        self._mixed_precision = torch.autocast('cuda', torch.float16) if on_gpu else nullcontext()
        self._scaler = _gradient_scaler(enabled=on_gpu)
        self._weights = None if task.weights is None else torch.from_numpy(task.weights).to(group.device)
        self._position = Position()
        self._loss = torch.zeros(2, dtype=torch.float64, device=group.device)
        """Sum of the losses of this epoch's rows so far, and of their weights."""
        self._best = _copy(network.state_dict())
        remedy = f'lower learning_rate ({settings.learning_rate}), or look for extreme values in the data'
        self.history = History('epoch', remedy)

    def run(self, headline: str) -> None:
        """Trains to the end, from the newest checkpoint if there is one, and loads the best weights.

        `headline` begins the log line with the duration of an epoch.

        Raises:
            UserError: if the loss stops being finite, or the checkpoint belongs to another training.
            SystemExit: 143 after SIGTERM, with a checkpoint saved.
        """
        self._resume()
        self._saved_at = time.monotonic()
        settings, position = self._settings, self._position
        steps_left = (settings.epochs - position.epoch) * self._steps - position.step
        remedy = f'training.epochs ({settings.epochs})'
        if settings.batch_size < 1024:
            remedy += f', or raise training.batch_size ({settings.batch_size})'
        spoken = headline if self._group.leads else None
        self._estimate = Estimate(spoken, 'an epoch takes', self._steps, steps_left, remedy)
        with StopRequest() as self._stop:
            while not self.history.is_done(settings.epochs, settings.patience):
                self._run_epoch()
        self._estimate.report()
        self._network.load_state_dict(self._best)

    def margins(self, features: torch.Tensor) -> np.ndarray:
        """Returns the margins of the present weights, float32 [rows, outputs]."""
        self._network.eval()
        self._network.settle()
        with torch.no_grad():
            return np.concatenate([self._network(part).cpu().numpy() for part in features.split(EVALUATION_ROWS)])

    def measure(self, split: Split) -> dict[str, float]:
        """Returns the metrics of the present weights on all rows of `split`."""
        return self._task.measure(self.margins(split.features), split.labels)

    def _run_epoch(self) -> None:
        started = time.perf_counter()
        position = self._position
        order = self._order(position.epoch)
        self._averaging_network.train()
        while position.step < self._steps:
            first = position.step * self._settings.batch_size
            self._take_step(order[first : first + self._settings.batch_size])
            position.step += 1
            # The last step's checkpoint is the one at the epoch's end.
            if position.step < self._steps:
                self._estimate.step()
                self._save_if_needed()
        self._end_epoch(started)

    def _order(self, epoch: int) -> torch.Tensor:
        """Returns this process's rows in the order of one epoch, equal each time the epoch is started."""
        generator = torch.Generator().manual_seed(self._seed(epoch))
        order = torch.randperm(len(self._train.labels), generator=generator)
        return order[: self._rows * self._group.size][self._group.rank :: self._group.size].to(self._group.device)

    def _take_step(self, rows: torch.Tensor) -> None:
        # Dropout draws from a generator seeded by the position, so a checkpoint does not need the generator's state.
        torch.manual_seed(self._seed(self._position.epoch, self._position.step, self._group.rank))
        features, targets = self._train.features[rows], self._train.targets[rows]
        with self._mixed_precision:
            margins = self._averaging_network(features)
            if self._weights is None:
                loss, weight = mse_loss(margins[:, 0], targets), len(rows)
            else:
                loss, weight = cross_entropy(margins, targets, self._weights), self._weights[targets].sum()
        self._optimizer.zero_grad(set_to_none=True)
        self._scaler.scale(loss).backward()
        self._scaler.step(self._optimizer)
        self._scaler.update()
        self._loss[0] += loss.detach() * weight
        self._loss[1] += weight

    def _seed(self, *position: int) -> int:
        seed = self._settings.seed
        for part in position:
            seed = (seed * 1_000_003 + part) % 2**63
        return seed

    def _end_epoch(self, started: float) -> None:
        epoch = self._position.epoch
        loss_sum, weight = self._group.sum(self._loss).tolist()
        validation = self._group.from_leader(lambda: self.measure(self._validation))
        metrics = {'train:loss': loss_sum / weight, **named('validation', validation)}
        self.history.add(metrics)
        if self.history.best == epoch:
            self._best = _copy(self._network.state_dict())
        self._position = Position(epoch + 1)
        self._loss.zero_()
        self._estimate.step(due=True)
        seconds = time.perf_counter() - started
        self._say(f'epoch={epoch + 1}/{self._settings.epochs}; {format_metrics(metrics)} seconds={seconds:.2f};')
        self._save_if_needed(due=True)

    def _save_if_needed(self, due: bool = False) -> None:
        due = due or time.monotonic() - self._saved_at >= self._settings.checkpoint_seconds
        stop, due = self._group.any(self._stop.received, due)
        if stop or due:
            self._save()
            self._saved_at = time.monotonic()
        if stop:
            self._say('stopped on request; a checkpoint is saved')
            sys.exit(143)

    def _save(self) -> None:
        # Each process adds its own part of the epoch's loss; the leader's checkpoint must hold the sum.
        loss = self._group.sum(self._loss)
        if not self._group.leads:
            return
        about = {
            'identity': self._identity,
            'epoch': self._position.epoch,
            'step': self._position.step,
            'history': self.history.entries,
            'scaler': self._scaler.state_dict(),
        }
        content = {
            # Python's JSON restores each float exactly; torch 1.13 refuses floats where it loads weights only.
            'about': json.dumps(about),
            'network': self._network.state_dict(),
            # The rest of the optimizer's state, its options, holds floats and follows from the settings.
            'optimizer': self._optimizer.state_dict()['state'],
            'best': self._best,
            'loss': loss,
        }
        buffer = io.BytesIO()
        torch.save(content, buffer)
        self._checkpoints.save(self._position.epoch * self._steps + self._position.step, buffer.getvalue())

    def _resume(self) -> None:
        found = self._group.from_leader(self._checkpoints.load_newest)
        if found is None:
            return
        name, data = found
        try:
            # Loading weights only runs no code from the file.
            content = torch.load(io.BytesIO(data), map_location='cpu', weights_only=True)
            about = json.loads(content['about'])
        except Exception:
            about = {'identity': None}
        if about['identity'] != self._identity:
            raise refusal(name)
        self._network.load_state_dict(content['network'])
        options = self._optimizer.state_dict()['param_groups']
        self._optimizer.load_state_dict({'state': content['optimizer'], 'param_groups': options})
        self._scaler.load_state_dict(about['scaler'])
        self._best, self.history.entries = content['best'], about['history']
        self._position = Position(about['epoch'], about['step'])
        if self._group.leads:
            self._loss.copy_(content['loss'])
        self._say(f'resumed from checkpoint {name} at epoch {about["epoch"] + 1} step {about["step"]}')

    def _say(self, line: str) -> None:
        if self._group.leads:
            log.info(line)


def _copy(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: tensor.detach().cpu().clone() for name, tensor in weights.items()}


def _gradient_scaler(enabled: bool):
    """Keeps small gradients from vanishing in half precision; does nothing on a CPU."""
    if hasattr(torch.amp, 'GradScaler'):
        return torch.amp.GradScaler('cuda', enabled=enabled)
    return torch.cuda.amp.GradScaler(enabled=enabled)
