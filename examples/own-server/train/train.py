"""Training of boosted trees with XGBoost, resumable after each round."""

import statistics

from mlops_program import (
    CHANNELS,
    Checkpoints,
    digest_of,
    hyperparameters,
    log_metrics,
    mae,
    number,
    require_one_instance,
    rmse,
    run,
    whole,
    write_model,
)

import xgboost

from trips import inputs_of, read_split, vocabulary_of


def train():
    settings = hyperparameters(
        rounds=whole(200, 1, 100_000),
        learning_rate=number(0.1, 1e-4, 1),
        max_depth=whole(4, 1, 12),
        min_child_weight=number(3, 0, 1000),
    )
    require_one_instance()
    labels, rows = read_split(CHANNELS / 'train')
    validation_labels, validation_rows = read_split(CHANNELS / 'validation')
    vocabulary = vocabulary_of(rows)
    validation = xgboost.DMatrix(inputs_of(validation_rows, vocabulary), nthread=1)

    def measure(booster):
        answers = booster.predict(validation).tolist()
        return {
            'validation:rmse': rmse(validation_labels, answers),
            'validation:mae': mae(validation_labels, answers),
        }

    booster = fit(settings, xgboost.DMatrix(inputs_of(rows, vocabulary), labels, nthread=1), labels, measure)
    write_model(
        {'trees.ubj': bytes(booster.save_raw('ubj'))},
        vocabulary=vocabulary,
        label={'mean': statistics.fmean(labels), 'median': statistics.median(labels)},
        hyperparameters=vars(settings),
    )
    log_metrics(measure(booster), 'final')


def fit(settings, matrix, labels, measure):
    """Returns the booster; after an interruption, the same as without one."""
    parameters = {
        'objective': 'reg:squarederror',
        # Its default differs from version to version.
        'base_score': statistics.fmean(labels),
        'eta': settings.learning_rate,
        'max_depth': settings.max_depth,
        'min_child_weight': settings.min_child_weight,
        'tree_method': 'hist',
        # One thread is the fastest at this size, and its sums are the same on every machine.
        'nthread': 1,
        'verbosity': 0,
    }
    checkpoints = Checkpoints(identity=digest_of(vars(settings), CHANNELS), seconds=10)
    found = checkpoints.load()
    done, model = (found[0], bytearray(found[1])) if found else (0, None)
    booster = xgboost.Booster(parameters, [matrix], model)
    while done < settings.rounds:
        booster.update(matrix, done)
        done += 1
        if done % 20 == 0:
            log_metrics(measure(booster), f'round={done}/{settings.rounds}')
        checkpoints.offer(done, lambda: bytes(booster.save_raw('ubj')))
    return booster


if __name__ == '__main__':
    run(train=train)
