"""The input of a training job, and the processing of the result that both algorithms share."""

import hashlib
import json
from dataclasses import asdict, dataclass

import numpy as np

from data import Table
from encoding import Encoding
from export import export_model
from history import format_metrics, named
from layout import MODEL
from log import log
from settings import Settings
from task import Task
from verification import verify


@dataclass(frozen=True)
class Job:
    settings: Settings
    encoding: Encoding
    task: Task
    train: Table
    validation: Table

    @property
    def headline(self) -> str:
        """Returns e.g. `340 training rows, 30 inputs, 2 classes`."""
        categories = len(self.encoding.categories)
        return (
            f'{len(self.train.labels)} training rows, {len(self.encoding.inputs)} inputs'
            + (f' ({categories} of them categories)' if categories else '')
            + (f', {self.task.outputs} classes' if self.task.classes else ', regression')
        )

    def identity(self, *further: object) -> str:
        """Returns a digest of everything that the trained model depends on; `further` are the algorithm's own settings.
        """
        relevant = asdict(self.settings)
        del relevant['checkpoint_seconds']
        label, inputs = self.encoding.content['label'], self.encoding.content['inputs']
        digest = hashlib.sha256(json.dumps([relevant, label, inputs, *further]).encode())
        for table in (self.train, self.validation):
            for array in (table.features, table.labels):
                digest.update(str(array.shape).encode())
                digest.update(memoryview(array).cast('B'))
        return digest.hexdigest()

    def finish(
        self,
        graph: bytes,
        answers: np.ndarray,
        train: dict[str, float],
        validation: dict[str, float],
        progress: dict[str, dict[str, int]],
        versions: dict[str, str],
    ) -> None:
        """Verifies the exported model, writes it and logs the final metrics.

        Args:
            answers: the library's own answers to the validation rows, float32 [rows, outputs].
            train, validation: metrics of the exported model on these rows.
        """
        metrics = {**named('train', train), **named('validation', validation)}
        verify(graph, self.validation.features[: len(answers)], answers)
        export_model(
            MODEL, graph, answers, self.encoding, self.task, self.settings, metrics, progress, versions
        )
        # Logged last: SageMaker's final metrics are the last values that the job printed.
        log.info('final; %s', format_metrics(metrics))
