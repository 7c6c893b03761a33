"""The hyperparameters: hyperparameters.json names them, with their kinds, limits and defaults."""

import dataclasses
import json
import math
import re
from pathlib import Path

from failures import UserError

DEFINITIONS: dict[str, dict] = json.loads(Path(__file__).with_name('hyperparameters.json').read_text('utf-8'))
TYPES = {'integer': int, 'number': float, 'choice': str}
INTEGER = re.compile(r'[-+]?[0-9]+')
NUMBER = re.compile(r'[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?')

Settings = dataclasses.make_dataclass(
    'Settings',
    [
        (name, TYPES[about['kind']], dataclasses.field(default=about['default']))
        for name, about in DEFINITIONS.items()
    ],
    frozen=True,
)
"""One field per hyperparameter."""
# Other processes of the job unpickle it by name.
Settings.__module__ = __name__

SET_BY_SAGEMAKER = {'_tuning_objective_metric'}
"""Hyperparameters that a tuning job adds on its own."""


def parse_settings(hyperparameters: dict[str, object]) -> Settings:
    """Returns the settings of SageMaker's hyperparameters, whose values are all strings.

    Raises:
        UserError: naming the hyperparameter, its value and what is allowed.
    """
    values = {}
    for name, text in hyperparameters.items():
        if name in SET_BY_SAGEMAKER:
            continue
        if name not in DEFINITIONS:
            raise UserError(f'hyperparameter "{name}": unknown; known are {", ".join(DEFINITIONS)}')
        values[name] = _parse(name, DEFINITIONS[name], text)
    return Settings(**values)


def _parse(name: str, about: dict, text: object) -> int | float | str:
    if about['kind'] == 'choice':
        if text in about['choices']:
            return text
        raise UserError(f'hyperparameter {name}: {text!r} is not one of {", ".join(about["choices"])}')
    low, high = about['min'], about['max']
    pattern, kind = (INTEGER, 'a whole number') if about['kind'] == 'integer' else (NUMBER, 'a number')
    if isinstance(text, str) and pattern.fullmatch(text):
        value = TYPES[about['kind']](text)
        if math.isfinite(value) and low <= value <= high:
            return value
    raise UserError(f'hyperparameter {name}: {text!r} is not {kind} from {low} to {high} (given as a string)')
