"""Entry point of the processing job: cleans one shard of the data and splits it into train, validation, test."""

from failures import run_program
from log import log
from schema import load_schema
from settings import DATA, MESSAGE, OUTPUT, SCHEMA, load_settings
from shard import process_shard


def main() -> None:
    settings = load_settings()
    report = process_shard(DATA, OUTPUT, load_schema(SCHEMA), settings)
    splits = ', '.join(f'{count} {split}' for split, count in report.rows.items())
    log.info('shard %d: %d files; %s rows; %d rejected', report.shard, len(report.files), splits, report.rejected)
    for example in report.examples:
        log.info('rejected: {file}, line {line}: {column} "{value}": {reason}'.format(**example))


if __name__ == '__main__':
    run_program(main, MESSAGE)
