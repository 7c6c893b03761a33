"""Training of a logistic regression on hashed words, resumable after each step."""

import io
import os

# The sums of one thread are the same on every machine.
os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')

from mlops_program import (
    CHANNELS,
    Checkpoints,
    UserError,
    digest_of,
    hyperparameters,
    log_metrics,
    number,
    require_one_instance,
    run,
    whole,
    write_model,
)

import numpy as np

from messages import bags_of, probabilities_of, read_messages


def train():
    settings = hyperparameters(
        steps=whole(300, 1, 100_000),
        learning_rate=number(2, 1e-6, 100),
        weight_decay=number(0.0001, 0, 1),
        columns=whole(1024, 16, 2**20),
    )
    require_one_instance()
    labels, texts = read_messages(CHANNELS / 'train')
    validation_labels, validation_texts = read_messages(CHANNELS / 'validation')
    classes = sorted(set(labels))
    if len(classes) < 2:
        raise UserError(f'channel "train": all messages are of the class "{classes[0]}"; at least two are needed')
    bags, targets = bags_of(texts, settings.columns), one_hot(labels, classes)
    validation = bags_of(validation_texts, settings.columns), one_hot(validation_labels, classes)
    weights = fit(settings, bags, targets, validation)
    write_model(
        {'weights.npy': to_bytes(weights)},
        classes=classes,
        counts={name: labels.count(name) for name in classes},
        hyperparameters=vars(settings),
    )
    log_metrics(measure(weights, *validation), 'final')


def fit(settings, bags, targets, validation):
    """Returns the weights, float64 [columns + 1, classes]; after an interruption, the same as without one."""
    weights = np.zeros((settings.columns + 1, targets.shape[1]))
    velocity = np.zeros_like(weights)
    checkpoints = Checkpoints(identity=digest_of(vars(settings), CHANNELS), seconds=10)
    step = 0
    found = checkpoints.load()
    if found:
        step, (weights, velocity) = found[0], from_bytes(found[1])
    while step < settings.steps:
        error = (probabilities_of(bags, weights) - targets) / len(bags)
        gradient = np.vstack([bags.T @ error, error.sum(axis=0)]) + settings.weight_decay * weights
        velocity = 0.9 * velocity - settings.learning_rate * gradient
        weights = weights + velocity
        step += 1
        if step % 20 == 0 or step == settings.steps:
            log_metrics(measure(weights, *validation), f'step={step}/{settings.steps}')
        checkpoints.offer(step, lambda: to_bytes(np.stack([weights, velocity])))
    return weights


def one_hot(labels, classes):
    """Returns float64 [labels, classes]; a label that is none of the classes has only zeros."""
    return np.array([[float(label == name) for name in classes] for label in labels])


def measure(weights, bags, targets):
    """Returns the metrics of the validation messages."""
    probabilities = probabilities_of(bags, weights)
    right = targets[np.arange(len(targets)), probabilities.argmax(axis=1)]
    likely = np.maximum((probabilities * targets).sum(axis=1), 1e-15)
    return {'validation:accuracy': float(right.mean()), 'validation:logLoss': float(-np.log(likely).mean())}


def to_bytes(array):
    """Returns an array as a file of numpy."""
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def from_bytes(data):
    return np.load(io.BytesIO(data), allow_pickle=False)


if __name__ == '__main__':
    run(train=train)
