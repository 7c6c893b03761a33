"""Cleans one shard of the data and splits it."""

import csv
import json
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TextIO

from schema import OUTPUT_LABEL, Schema
from settings import Settings
from split import SPLITS, split_of
from table import Rejected, find_files, read_rows

EXAMPLES = 5
"""Rejected rows shown in the report; all of them are in rejected/."""
SHOWN_CHARACTERS = 80


@dataclass
class Report:
    shard: int
    files: list[dict] = field(default_factory=list)
    """One entry a file: its name, its rows (rejected ones included) and how many were rejected."""
    rows: dict[str, int] = field(default_factory=dict)
    rejected: int = 0
    classCounts: dict[str, dict[str, int]] = field(default_factory=dict)
    examples: list[dict] = field(default_factory=list)


def process_shard(data: Path, output: Path, schema: Schema, settings: Settings) -> Report:
    """Reads every CSV file below `data` and writes, below `output`, one file a split, the rejected rows and
    the report. In the splits' files the label is the index of its class, and each number is written so that
    it reads back exactly.

    Raises:
        UserError: if a file cannot be used as a whole.
    """
    report = Report(settings.shard, rows=dict.fromkeys(SPLITS, 0))
    report.classCounts = {split: dict.fromkeys(schema.classes, 0) for split in SPLITS}
    class_index = {name: index for index, name in enumerate(schema.classes)}
    with ExitStack() as open_files:
        files = {}
        for part in (*SPLITS, 'rejected'):
            file = output / part / f'shard-{settings.shard:05d}.csv'
            file.parent.mkdir(parents=True, exist_ok=True)
            files[part] = open_files.enter_context(file.open('w', encoding='utf-8', newline=''))
        for split in SPLITS:
            _csv(files[split]).writerow([OUTPUT_LABEL, *schema.features])
        rejected = _csv(files['rejected'])
        rejected.writerow(['file', *Rejected._fields])

        for file in find_files(data):
            name = file.relative_to(data).as_posix()
            counts = {'name': name, 'rows': 0, 'rejected': 0}
            report.files.append(counts)
            for row in read_rows(file, name, schema):
                counts['rows'] += 1
                if isinstance(row, Rejected):
                    counts['rejected'] += 1
                    entry = {'file': name, **row._asdict(), 'value': row.value[:SHOWN_CHARACTERS]}
                    rejected.writerow(entry.values())
                    if len(report.examples) < EXAMPLES:
                        report.examples.append(entry)
                    continue
                split = split_of(row, settings.validation_fraction, settings.test_fraction)
                report.rows[split] += 1
                report.classCounts[split][row.label] += 1
                files[split].write(f'{class_index[row.label]},{row.features}\n')
            report.rejected += counts['rejected']

    file = output / 'report' / f'shard-{settings.shard:05d}.json'
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(asdict(report), ensure_ascii=False, indent=2) + '\n', encoding='utf-8')
    return report


def _csv(file: TextIO):
    return csv.writer(file, lineterminator='\n')
