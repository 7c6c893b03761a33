"""Estimates the duration of a training from its first steps, and logs it once."""

import math
import os
import time

from log import log

MEASURED_SECONDS = 2.0
LIMIT = 'MAX_RUNTIME_SECONDS'
"""Environment variable with the job's maximum run time."""


class Estimate:
    """Logs `headline` with the measured pace, once known; warns if the job will exceed its limit."""

    def __init__(self, headline: str | None, unit: str, unit_steps: int, steps_left: int, remedy: str):
        """
        Args:
            headline: description of the model and data; None in a process that leaves the logging to another.
            unit: `an epoch takes` or `100 rounds take`.
            unit_steps: steps of one unit.
            steps_left: steps until the end, without early stopping.
            remedy: hyperparameters to lower.
        """
        self._headline, self._unit, self._unit_steps = headline, unit, unit_steps
        self._steps_left, self._remedy = steps_left, remedy
        self._began = time.monotonic()
        self._steps = 0
        self._told = False

    def step(self, due: bool = False) -> None:
        """Counts a step; `due` ends the measurement even if it is short."""
        if self._told:
            return
        if self._steps == 0:
            # The first step is not measured: it includes initialization by libraries.
            self._began = time.monotonic()
        elif due or time.monotonic() - self._began >= MEASURED_SECONDS:
            self.report()
        self._steps += 1

    def report(self) -> None:
        """Ends the measurement and logs it; does nothing if it has ended before, or without a step."""
        if self._told or self._steps == 0 or self._headline is None:
            return
        self._told = True
        pace = (time.monotonic() - self._began) / max(1, self._steps)
        whole = pace * self._steps_left
        log.info(
            '%s; %s %s, the whole at most %s',
            self._headline,
            self._unit,
            duration(pace * self._unit_steps),
            duration(whole),
        )
        limit = float(os.environ.get(LIMIT) or math.inf)
        if whole > limit:
            log.warning(
                'the training will take %s if it does not stop early, and the job is stopped after %s: lower %s, '
                'or raise training.maxRuntimeMinutes in the configuration',
                duration(whole),
                duration(limit),
                self._remedy,
            )


def duration(seconds: float) -> str:
    """Returns e.g. `less than 0.1 s`, `0.3 s`, `12 s`, `7 minutes`, `2.5 hours`."""
    if seconds < 9.95:
        return f'{seconds:.1f} s' if seconds >= 0.1 else 'less than 0.1 s'
    if seconds < 120:
        return f'{seconds:.0f} s'
    return f'{seconds / 60:.0f} minutes' if seconds < 7200 else f'{seconds / 3600:.1f} hours'
