"""A model that keeps the contract: y = slope * x. The tests of the check break one line each."""

import json
import os

from mlops_program import (
    CHANNELS,
    INPUT,
    MODEL,
    Checkpoints,
    Golden,
    Shard,
    UserError,
    digest_of,
    files_below,
    golden_rows,
    hyperparameters,
    invalid,
    json_body,
    log_metrics,
    mean_or_median,
    model_version,
    read_model,
    rmse,
    run,
    serve,
    unpacked_model,
    whole,
    write_evaluation,
    write_golden,
    write_model,
)


def preprocess():
    shard = Shard()
    lines = {'train': [], 'validation': [], 'test': []}
    for file in shard.files:
        for line in file.read_bytes().split(b'\n')[:-1]:
            try:
                x, y = map(float, line.decode().split(','))
            except ValueError:
                shard.reject(file.name)
                continue
            lines[shard.split(line)].append(f'{x},{y}\n')
    for split, folder in [
        ('train', 'train'),
        ('validation', 'validation'),
        ('validation', 'scoring/validation'),
        ('test', 'scoring/test'),
    ]:
        shard.output(folder, '.csv').write_text(''.join(lines[split]))
    shard.report()


def rows_of(folder):
    text = ''.join(file.read_text() for file in files_below(folder))
    rows = [tuple(map(float, line.split(','))) for line in text.splitlines()]
    if not rows:
        raise UserError(f'{folder.name}: has no rows')
    return rows


def train():
    settings = hyperparameters(steps=whole(3000, 1, 100_000))
    rows, validation = rows_of(CHANNELS / 'train'), rows_of(CHANNELS / 'validation')
    checkpoints = Checkpoints(digest_of(vars(settings), CHANNELS))
    step, state = checkpoints.load() or (0, b'0')
    slope = json.loads(state)
    while step < settings.steps:
        slope -= 0.001 * sum((slope * x - y) * x for x, y in rows) / len(rows)
        step += 1
        if step % 100 == 0:
            log_metrics({'validation:rmse': error_of(slope, validation)}, f'step={step}')
        checkpoints.offer(step, lambda: json.dumps(slope).encode())
    write_model({'slope': json.dumps(slope).encode()}, mean=sum(y for _, y in rows) / len(rows))
    log_metrics({'validation:rmse': error_of(slope, validation)}, 'final')


def error_of(slope, rows):
    return rmse([y for _, y in rows], [slope * x for x, _ in rows])


class Model:
    def __init__(self, folder):
        self.mean = read_model(folder)['mean']
        self.slope = json.loads((folder / 'slope').read_text())

    def values(self, xs):
        return [self.slope * x for x in xs]

    def answer(self, x):
        if isinstance(x, bool) or not isinstance(x, (int, float)):
            raise invalid('body', 'not a number')
        return {'value': self.values([x])[0], 'modelVersion': model_version()}


def evaluate():
    test, validation = rows_of(INPUT / 'test'), rows_of(INPUT / 'validation')
    with unpacked_model('candidate') as folder:
        if folder is None:
            raise UserError('processing/input/candidate: holds no model.tar.gz')
        candidate = Model(folder)
    with unpacked_model('champion') as folder:
        champion = folder and Model(folder)
    xs, labels = [x for x, _ in test], [y for _, y in test]
    write_evaluation(
        metrics={'rmse': rmse},
        naive=mean_or_median(candidate.mean, candidate.mean),
        labels=labels,
        candidate=candidate.values(xs),
        champion=champion and champion.values(xs),
        validation=([y for _, y in validation], candidate.values([x for x, _ in validation])),
    )
    write_golden(
        Golden('application/json', json.dumps(xs[row]), candidate.answer(xs[row]), labels[row])
        for row in golden_rows(labels)
    )


def answer(model, body, _content_type):
    return model.answer(json_body(body))


def serve_model():
    serve(lambda: Model(MODEL), answer, accepts=['application/json'])


if __name__ == '__main__':
    run(preprocess=preprocess, train=train, evaluate=evaluate, serve=serve_model)
