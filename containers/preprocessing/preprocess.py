"""Entry point of the processing job: cleans one shard of the data and splits it into train, validation, test."""

from failures import run_program
from schema import load_schema
from settings import DATA, MESSAGE, OUTPUT, SCHEMA, load_settings
from shard import process_shard


def main() -> None:
    settings = load_settings()
    report = process_shard(DATA, OUTPUT, load_schema(SCHEMA), settings)
    splits = ', '.join(f'{count} {split}' for split, count in report.rows.items())
    print(f'shard {report.shard}: {len(report.files)} files; {splits} rows; {report.rejected} rejected', flush=True)
    for example in report.examples:
        print('rejected: {file}, line {line}: {column} "{value}": {reason}'.format(**example), flush=True)


if __name__ == '__main__':
    run_program(main, MESSAGE)
