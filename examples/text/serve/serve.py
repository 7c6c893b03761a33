"""Serving and evaluation: both answer with the same code, so the evaluation's metrics apply to serving."""

import json
import os

# Predictions of one text: threads would only wait for each other.
os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')

from mlops_program import (
    INPUT,
    MODEL,
    Golden,
    UserError,
    accuracy,
    commonest_class,
    golden_rows,
    invalid,
    json_body,
    log_loss,
    model_version,
    read_model,
    run,
    serve,
    unpacked_model,
    write_evaluation,
    write_golden,
)

import numpy as np

from messages import bags_of, probabilities_of, problem_of, read_messages


class Model:
    def __init__(self, folder):
        self.about = read_model(folder)
        self.weights = np.load(folder / 'weights.npy', allow_pickle=False)

    def answer(self, text):
        """Returns the answer to a text. Raises RequestError if it cannot be used."""
        problem = problem_of(text)
        if problem:
            raise invalid('body', problem)
        [probabilities] = probabilities_of(bags_of([text], len(self.weights) - 1), self.weights).tolist()
        classes = self.about['classes']
        return {
            'label': classes[probabilities.index(max(probabilities))],
            'probabilities': dict(zip(classes, probabilities)),
            'modelVersion': model_version(),
        }


def evaluate():
    labels, texts = read_messages(INPUT / 'test')
    validation_labels, validation_texts = read_messages(INPUT / 'validation')
    with unpacked_model('candidate') as folder:
        if folder is None:
            raise UserError('processing/input/candidate: holds no model.tar.gz')
        candidate = Model(folder)
    with unpacked_model('champion') as folder:
        champion = folder and Model(folder)
    write_evaluation(
        metrics={'accuracy': accuracy, 'logLoss': log_loss},
        naive=commonest_class(candidate.about['counts']),
        labels=labels,
        candidate=[candidate.answer(text) for text in texts],
        champion=champion and [champion.answer(text) for text in texts],
        validation=(validation_labels, [candidate.answer(text) for text in validation_texts]),
    )
    write_golden(
        Golden('application/json', json.dumps(texts[row]), candidate.answer(texts[row]), labels[row])
        for row in golden_rows(labels)
    )


def serve_model():
    def answer(model, body, _content_type):
        return model.answer(json_body(body))

    serve(lambda: Model(MODEL), answer, accepts=['application/json'])


if __name__ == '__main__':
    run(evaluate=evaluate, serve=serve_model)
