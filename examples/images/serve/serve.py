"""Serving and evaluation: both answer with the same code, so the evaluation's metrics apply to serving."""

from mlops_program import (
    INPUT,
    MODEL,
    Golden,
    UserError,
    accuracy,
    commonest_class,
    golden_rows,
    invalid,
    log_loss,
    model_version,
    read_model,
    run,
    serve,
    unpacked_model,
    write_evaluation,
    write_golden,
)

import torch

from archives import read_archives
from network import Network, from_bytes
from pixels import pixels_of


class Model:
    def __init__(self, folder):
        # Predictions of one image: threads would only wait for each other.
        torch.set_num_threads(1)
        self.about = read_model(folder)
        self.classes = self.about['classes']
        self.network = Network(self.about['channels'], len(self.classes))
        self.network.load_state_dict(from_bytes((folder / 'network.pt').read_bytes()))

    def answer(self, image):
        """Returns the answer to one image. Raises RequestError if it cannot be used."""
        try:
            pixels = pixels_of(image)
        except ValueError as error:
            raise invalid('body', str(error)) from None
        [probabilities] = self.network.probabilities([pixels])
        label = self.classes[probabilities.index(max(probabilities))]
        return {
            'label': label,
            'probabilities': dict(zip(self.classes, probabilities)),
            'modelVersion': model_version(),
        }


def evaluate():
    labels, images = read_archives(INPUT / 'test')
    validation_labels, validation_images = read_archives(INPUT / 'validation')
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
        candidate=[candidate.answer(image) for image in images],
        champion=champion and [champion.answer(image) for image in images],
        validation=(validation_labels, [candidate.answer(image) for image in validation_images]),
    )
    write_golden(
        Golden('image/png', images[row], candidate.answer(images[row]), labels[row]) for row in golden_rows(labels)
    )


def serve_model():
    serve(lambda: Model(MODEL), lambda model, body, _: model.answer(body), accepts=['image/png'])


if __name__ == '__main__':
    run(evaluate=evaluate, serve=serve_model)
