"""The schema that the data was prepared with, as the model carries it to where it is served."""

from dataclasses import dataclass
from pathlib import Path

from failures import UserError
from layout import read_json


@dataclass(frozen=True)
class Schema:
    label: str
    classes: tuple[str, ...]
    features: tuple[str, ...]


def load_schema(file: Path) -> Schema:
    """Reads a schema that preprocessing has checked already.

    Raises:
        UserError: if the file is missing or is no schema.
    """
    content = read_json(file)
    if content is None:
        raise UserError(f'{file}: there is no such file; give the job the channel "schema" with a schema.json')
    label, classes, features = (content.get(key) for key in ('label', 'classes', 'features'))
    if not (isinstance(label, str) and _are_names(classes, at_least=2) and _are_names(features, at_least=1)):
        raise UserError(
            f'{file.name}: needs "label" (a name), "classes" (two or more distinct names) and "features" '
            '(one or more distinct names)'
        )
    return Schema(label, tuple(classes), tuple(features))


def _are_names(value: object, at_least: int) -> bool:
    return (
        isinstance(value, list)
        and all(isinstance(item, str) for item in value)
        and len(set(value)) == len(value) >= at_least
    )
