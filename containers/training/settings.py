"""The hyperparameters: their names, defaults and ranges."""

import dataclasses
import math
import re

from failures import UserError

INTEGER = re.compile(r'[-+]?[0-9]+')
NUMBER = re.compile(r'[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?')


def _setting(default: float, low: float, high: float):
    return dataclasses.field(default=default, metadata={'low': low, 'high': high})


@dataclasses.dataclass(frozen=True)
class Settings:
    epochs: int = _setting(60, 1, 10_000)
    """Passes over the training rows."""
    batch_size: int = _setting(32, 1, 65_536)
    """Rows a step, on each GPU or host."""
    learning_rate: float = _setting(0.003, 1e-7, 1)
    hidden_units: int = _setting(32, 1, 4_096)
    """Width of each hidden layer."""
    hidden_layers: int = _setting(1, 0, 8)
    """0 makes the model a multinomial logistic regression."""
    dropout: float = _setting(0.0, 0, 0.9)
    """Share of hidden activations left out while training."""
    weight_decay: float = _setting(1e-4, 0, 1)
    patience: int = _setting(0, 0, 10_000)
    """Epochs without a better validation loss before training stops early; 0: it never does."""
    seed: int = _setting(1, 0, 2**31 - 1)
    threads: int = _setting(1, 0, 256)
    """CPU threads; 0: as many as there are cores. Results are bit-identical for one number of threads."""
    checkpoint_seconds: float = _setting(30, 0, 3_600)
    """Time between checkpoints inside an epoch, besides those at each epoch's end; 0: after every step."""


SET_BY_SAGEMAKER = {'_tuning_objective_metric'}
"""Hyperparameters that a tuning job adds on its own."""


def parse_settings(hyperparameters: dict[str, object]) -> Settings:
    """Settings from SageMaker's hyperparameters, whose values are all strings.

    Raises:
        UserError: naming the hyperparameter, its value and what is allowed.
    """
    fields = {field.name: field for field in dataclasses.fields(Settings)}
    values = {}
    for name, text in hyperparameters.items():
        if name in SET_BY_SAGEMAKER:
            continue
        if name not in fields:
            raise UserError(f'hyperparameter "{name}": unknown; known are {", ".join(fields)}')
        values[name] = _parse(fields[name], text)
    return Settings(**values)


def _parse(field: dataclasses.Field, text: object) -> float:
    low, high = field.metadata['low'], field.metadata['high']
    pattern, kind = (INTEGER, 'a whole number') if field.type is int else (NUMBER, 'a number')
    if isinstance(text, str) and pattern.fullmatch(text):
        value = field.type(text)
        if math.isfinite(value) and low <= value <= high:
            return value
    raise UserError(f'hyperparameter {field.name}: {text!r} is not {kind} from {low} to {high} (given as a string)')
