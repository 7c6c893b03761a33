"""Checkpoints that survive a torn write: each has its digest in its name and appears whole or not at all."""

import hashlib
import os
from pathlib import Path

from failures import UserError
from log import log

KEPT = 3
"""A torn newest one is skipped for an older one; more than three would only cost space in S3."""


class CheckpointFolder:
    """The checkpoints in one folder, which SageMaker copies to S3 and, after an interruption, back."""

    def __init__(self, folder: Path):
        self._folder = folder

    def save(self, step: int, data: bytes) -> None:
        """Writes a checkpoint for the `step`-th step of the training, and removes those no longer needed."""
        name = f'step-{step:010d}-{_digest(data)}.checkpoint'
        self._folder.mkdir(parents=True, exist_ok=True)
        temporary = self._folder / f'.{name}.tmp'
        with temporary.open('wb') as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._folder / name)
        self._sync_folder()
        for file in [*self._files()[KEPT:], *self._folder.glob('.step-*.tmp')]:
            file.unlink()

    def load_newest(self) -> tuple[str, bytes] | None:
        """Returns name and content of the newest whole checkpoint; torn ones on the way to it are removed."""
        for file in self._files():
            data = file.read_bytes()
            if file.stem.rpartition('-')[2] == _digest(data):
                return file.name, data
            log.warning('skipped torn checkpoint %s: its digest does not match its name', file.name)
            file.unlink()
        return None

    def _files(self) -> list[Path]:
        """Returns the files, newest first: steps are written with leading zeros."""
        return sorted(self._folder.glob('step-*.checkpoint'), reverse=True)

    def _sync_folder(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def refusal(name: str) -> UserError:
    """Returns the error for a checkpoint of another training."""
    return UserError(
        f'checkpoint {name} was made with another algorithm, other hyperparameters, data, schema or number of '
        'processes; use another checkpoint prefix, or empty this one'
    )


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
