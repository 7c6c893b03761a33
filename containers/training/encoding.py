"""Reads encoding.json, which describes the columns of the prepared matrices."""

from dataclasses import dataclass
from pathlib import Path

from failures import UserError
from layout import read_json


@dataclass(frozen=True)
class Input:
    """One column of the model's input."""

    name: str
    fill: float
    """Replacement of an empty cell."""
    values: tuple[str, ...] | None
    """Values of a category; a value's code is its index, `len(values)` is any other value, the next one an empty cell.
    """

    @property
    def codes(self) -> int:
        """Returns the number of codes of a category."""
        return len(self.values) + 2


@dataclass(frozen=True)
class Encoding:
    label: str
    classes: tuple[str, ...] | None
    """Classes in the order of the model's outputs; None: the label is a number."""
    inputs: tuple[Input, ...]
    content: dict
    """The whole file, which becomes part of model.json."""

    @property
    def outputs(self) -> int:
        return len(self.classes) if self.classes else 1

    @property
    def categories(self) -> list[int]:
        """Returns the indexes of the inputs that are categories."""
        return [index for index, item in enumerate(self.inputs) if item.values is not None]

    @property
    def numbers(self) -> list[int]:
        """Returns the indexes of the inputs that are numbers."""
        return [index for index, item in enumerate(self.inputs) if item.values is None]


def load_encoding(file: Path) -> Encoding:
    """Reads encoding.json, which the pipeline has written.

    Raises:
        UserError: if the file is missing, of another format version or damaged.
    """
    content = read_json(file)
    if content is None:
        raise UserError(f'{file}: does not exist; give the job the channel "schema" with an encoding.json')
    if content.get('formatVersion') != 1:
        raise UserError(
            f'{file.name}: formatVersion is {content.get("formatVersion")!r}; this program reads 1; start a new run'
        )
    try:
        label = content['label']
        classes = _names(label['classes']) if label['kind'] == 'class' else None
        inputs = tuple(
            Input(
                item['name'], float(item['fill']), _names(item['values']) if item['kind'] == 'category' else None
            )
            for item in content['inputs']
        )
        encoding = Encoding(label['name'], classes, inputs, content)
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f'{file.name}: {error!r} where "label" and "inputs" are read; start a new run') from None
    if classes is not None and len(classes) < 2:
        raise UserError(f'{file.name}: the label has the classes {list(classes)}; a model needs two or more')
    if not inputs:
        raise UserError(f'{file.name}: "inputs" is empty; a model needs one or more')
    return encoding


def _names(value: list) -> tuple[str, ...]:
    if not all(isinstance(item, str) for item in value) or len(set(value)) != len(value):
        raise ValueError(f'{value!r:.200} are not distinct texts')
    return tuple(value)
