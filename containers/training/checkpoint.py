"""Checkpoints that survive being torn: each carries its digest in its name and appears whole or not at all."""

import hashlib
import io
import os
from pathlib import Path

import torch

from log import log

KEPT = 3
"""A torn newest one leaves older ones to fall back on; more would only cost space in S3."""


class CheckpointFolder:
    """The checkpoints in one folder, which SageMaker copies to S3 and, after an interruption, back.

    A checkpoint is a dictionary of tensors, strings, integers and dictionaries of these. Loading reads nothing
    else (`weights_only`), so it runs no code, and Python floats are left out because torch 1.13 refuses them
    there.
    """

    def __init__(self, folder: Path):
        self._folder = folder

    def save(self, step: int, content: dict) -> None:
        """Writes a checkpoint for the `step`-th step of the training, and removes those no longer needed."""
        buffer = io.BytesIO()
        torch.save(content, buffer)
        data = buffer.getvalue()
        name = f'step-{step:010d}-{_digest(data)}.pt'

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

    def load_newest(self) -> tuple[str, dict] | None:
        """Name and content of the newest whole checkpoint; torn ones on the way to it are removed."""
        for file in self._files():
            data = file.read_bytes()
            if file.stem.rpartition('-')[2] == _digest(data):
                return file.name, torch.load(io.BytesIO(data), map_location='cpu', weights_only=True)
            log.warning('skipped torn checkpoint %s: its digest does not match its name', file.name)
            file.unlink()
        return None

    def _files(self) -> list[Path]:
        """Newest first: steps are written with leading zeros."""
        return sorted(self._folder.glob('step-*.pt'), reverse=True)

    def _sync_folder(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
