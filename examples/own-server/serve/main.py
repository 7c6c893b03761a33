"""Entry point of the image: `evaluate` compares models with the helper, `serve` is a server of one's own."""

import json

from mlops_program import (
    INPUT,
    MODEL,
    Golden,
    UserError,
    golden_rows,
    mae,
    mean_or_median,
    rmse,
    run,
    unpacked_model,
    write_evaluation,
    write_golden,
)

from model import Model
from server import serve
from trips import CATEGORIES, NUMBERS, number_of, read_split


def evaluate():
    labels, rows = read_split(INPUT / 'test')
    validation_labels, validation_rows = read_split(INPUT / 'validation')
    with unpacked_model('candidate') as folder:
        if folder is None:
            raise UserError('processing/input/candidate: holds no model.tar.gz')
        candidate = Model(folder)
    with unpacked_model('champion') as folder:
        champion = folder and Model(folder)
    write_evaluation(
        metrics={'rmse': rmse, 'mae': mae},
        naive=mean_or_median(**candidate.label),
        labels=labels,
        candidate=candidate.minutes(rows),
        champion=champion and champion.minutes(rows),
        validation=(validation_labels, candidate.minutes(validation_rows)),
    )
    requests = [(labels[index], {'rows': [request_row(rows[index])]}) for index in golden_rows(labels)]
    write_golden(
        Golden('application/json', json.dumps(request), candidate.answer(request), label)
        for label, request in requests
    )


def request_row(row):
    """Returns a row of the table as a client sends it: numbers as numbers, without the label."""
    numbers = {name: number_of(row[name]) for name in NUMBERS if row[name] is not None}
    return {**{name: row[name] for name in CATEGORIES}, **numbers}


if __name__ == '__main__':
    run(evaluate=evaluate, serve=lambda: serve(lambda: Model(MODEL)))
