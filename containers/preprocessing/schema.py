"""What the table's columns mean: which one is the label, its classes, and which ones are features."""

import json
from dataclasses import dataclass
from pathlib import Path

from failures import UserError

OUTPUT_LABEL = 'label'
"""The label's column in every file this program writes, whatever it is called in the input."""


@dataclass(frozen=True)
class Schema:
    label: str
    classes: tuple[str, ...]
    features: tuple[str, ...]
    id: str | None = None
    """A column that identifies a row: rows of one id stay in one split. Not a feature."""


def load_schema(file: Path) -> Schema:
    """Reads and checks a schema file.

    Raises:
        UserError: naming the key, its value and what is allowed.
    """
    try:
        content = json.loads(file.read_text(encoding='utf-8-sig'))
    except FileNotFoundError:
        raise UserError(f'{file.name}: there is no such file in {file.parent}; give the job a schema') from None
    except ValueError as error:
        raise UserError(f'{file.name}: not JSON in UTF-8 ({error})') from None
    if not isinstance(content, dict):
        raise UserError(f'{file.name}: {_shown(content)} is not an object with "label", "classes" and "features"')
    unknown = sorted(set(content) - {'label', 'classes', 'features', 'id'})
    if unknown:
        raise UserError(f'{file.name}: unknown key "{unknown[0]}"; allowed are "label", "classes", "features", "id"')

    schema = Schema(
        label=_name(file.name, 'label', content.get('label')),
        classes=_names(file.name, 'classes', content.get('classes'), at_least=2),
        features=_names(file.name, 'features', content.get('features'), at_least=1),
        id=_name(file.name, 'id', content['id']) if content.get('id') is not None else None,
    )
    for reserved in (schema.label, schema.id, OUTPUT_LABEL):
        if reserved in schema.features:
            why = f'a feature cannot be the label or the id, nor be called "{OUTPUT_LABEL}"'
            raise UserError(f'{file.name}: features: "{reserved}" cannot be used; {why}')
    if schema.id == schema.label:
        raise UserError(f'{file.name}: id: "{schema.id}" is the label already; name another column or leave it out')
    return schema


def _names(file: str, key: str, value: object, at_least: int) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) < at_least:
        raise UserError(f'{file}: {key}: {_shown(value)} is not a list of at least {at_least} names')
    names = tuple(_name(file, f'{key}[{index}]', item) for index, item in enumerate(value))
    for index, name in enumerate(names):
        if name in names[:index]:
            raise UserError(f'{file}: {key}[{index}]: "{name}" is named twice; name it once')
    return names


def _name(file: str, key: str, value: object) -> str:
    if not isinstance(value, str) or not value or value != value.strip():
        raise UserError(f'{file}: {key}: {_shown(value)} is not a name (a string without blanks at its ends)')
    return value


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f'{text[:80]}…'
