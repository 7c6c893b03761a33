"""Preprocessing of trips in CSV: checks the rows and splits them by the trip's number."""

import csv

from mlops_program import INPUT, Shard, UserError, run

from trips import CATEGORIES, ID, LABEL, NUMBERS, check, number_of, read_table

COLUMNS = (ID, *CATEGORIES, *NUMBERS, LABEL)


def preprocess():
    shard = Shard()
    rows = {'train': [], 'validation': [], 'test': []}
    for file in shard.files:
        name = file.relative_to(INPUT / 'data')
        table = read_table(file)
        missing = [column for column in COLUMNS if table and column not in table[0]]
        if missing:
            raise UserError(f'{name}: has no column {", ".join(missing)}; the columns are {", ".join(COLUMNS)}')
        for number, row in enumerate(table, 2):
            try:
                check(row)
                if row[ID] is None or row[LABEL] is None:
                    raise ValueError(f'{ID} and {LABEL} must not be empty')
                number_of(row[LABEL])
            except (ValueError, OverflowError) as error:
                shard.reject(f'{name}, row {number}: {error}')
                continue
            rows[shard.split(row[ID])].append([row[column] for column in COLUMNS])
    for split, folder in [
        ('train', 'train'),
        ('validation', 'validation'),
        ('validation', 'scoring/validation'),
        ('test', 'scoring/test'),
    ]:
        with shard.output(folder, '.csv').open('w', encoding='utf-8', newline='') as stream:
            csv.writer(stream, lineterminator='\n').writerows([COLUMNS, *rows[split]])
    shard.report()


if __name__ == '__main__':
    run(preprocess=preprocess)
