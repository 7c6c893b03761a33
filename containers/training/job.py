"""What each process of the training job does, from arrays to the exported model."""

import hashlib
import json
from dataclasses import asdict

import torch

from checkpoint import CheckpointFolder
from data import Table
from export import export_model
from group import Group
from layout import MODEL, checkpoint_folder
from log import log
from loop import Split, Training, format_metrics
from model import Classifier, scaling_of
from schema import Schema
from settings import Settings


def train_and_export(settings: Settings, schema: Schema, train: Table, validation: Table, group: Group) -> None:
    """Trains with the other processes of `group`; the leading one exports the best weights."""
    if settings.threads:
        torch.set_num_threads(settings.threads)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(settings.seed)
    training_split, validation_split = _to_device(train, group), _to_device(validation, group)
    # The scaling is computed on the CPU, so that it is the same wherever the training runs.
    model = Classifier(*scaling_of(torch.from_numpy(train.features)), len(schema.classes), settings)
    training = Training(
        model.to(group.device),
        training_split,
        validation_split,
        settings,
        group,
        CheckpointFolder(checkpoint_folder()),
        _identity(settings, schema, train, validation, group),
    )
    training.run()
    if not group.leads:
        return

    train_loss, _ = training.evaluate(training_split)
    validation_loss, accuracy = training.evaluate(validation_split)
    metrics = {'train:loss': train_loss, 'validation:loss': validation_loss, 'validation:accuracy': accuracy}
    epochs = {'run': len(training.history), 'best': training.best_epoch + 1}
    export_model(MODEL, model, schema, settings, metrics, epochs)
    # Last of all: SageMaker's final metrics are the last values that the job printed.
    log.info('final; %s', format_metrics(metrics))


def _to_device(table: Table, group: Group) -> Split:
    return Split(
        torch.from_numpy(table.features).to(group.device), torch.from_numpy(table.labels).to(group.device)
    )


def _identity(settings: Settings, schema: Schema, train: Table, validation: Table, group: Group) -> str:
    """A digest of everything that the trained weights depend on."""
    relevant = asdict(settings)
    del relevant['checkpoint_seconds']
    digest = hashlib.sha256(json.dumps([relevant, asdict(schema), group.size, group.device.type]).encode())
    for array in (train.features, train.labels, validation.features, validation.labels):
        digest.update(str(array.shape).encode())
        digest.update(memoryview(array).cast('B'))
    return digest.hexdigest()
