"""Where the job's files lie, and what its environment says."""

import os
from dataclasses import dataclass
from pathlib import Path

from failures import UserError

BASE = Path(os.environ.get('SAGEMAKER_BASE_DIR', '/opt/ml'))
DATA = BASE / 'processing/input/data'
SCHEMA = BASE / 'processing/input/schema/schema.json'
OUTPUT = BASE / 'processing/output'
MESSAGE = BASE / 'output/message'


@dataclass(frozen=True)
class Settings:
    shard: int
    """This job's number among the run's shards; it names the files that the job writes."""
    validation_fraction: float
    test_fraction: float
    """Shares of all rows, in [0, 1); what the two leave over is for training."""


def load_settings() -> Settings:
    """Reads SHARD_INDEX, VALIDATION_FRACTION and TEST_FRACTION.

    Raises:
        UserError: naming the variable, its value and what is allowed.
    """
    shard = _variable('SHARD_INDEX')
    if not (shard.isascii() and shard.isdigit() and int(shard) < 100_000):
        raise UserError(f'SHARD_INDEX: "{shard}" is not a whole number from 0 to 99999')
    settings = Settings(int(shard), _fraction('VALIDATION_FRACTION'), _fraction('TEST_FRACTION'))
    if settings.validation_fraction + settings.test_fraction >= 1:
        raise UserError(
            f'VALIDATION_FRACTION + TEST_FRACTION: {settings.validation_fraction} + {settings.test_fraction} '
            'leaves nothing to train on; their sum must stay below 1'
        )
    return settings


def _fraction(name: str) -> float:
    text = _variable(name)
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1:
        raise UserError(f'{name}: "{text}" is not a number in [0, 1)')
    return value


def _variable(name: str) -> str:
    value = os.environ.get(name)
    if value is None:
        raise UserError(f'{name}: the environment variable is not set; the job needs it')
    return value
