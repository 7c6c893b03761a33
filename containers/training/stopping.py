"""Handles SIGTERM as a request that is met at the next step, so that a checkpoint can be saved first."""

import signal


class StopRequest:
    """Within a `with` block, SIGTERM sets `received` and does nothing else."""

    def __init__(self) -> None:
        self.received = False

    def __enter__(self) -> 'StopRequest':
        self._previous = signal.signal(signal.SIGTERM, self._receive)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGTERM, self._previous)

    def _receive(self, *_: object) -> None:
        self.received = True
