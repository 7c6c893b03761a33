"""The training of gradient boosted trees, from arrays to the exported model."""

import onnx
import xgboost

from checkpoint import CheckpointFolder
from export import ANSWERS
from job import Job
from layout import checkpoint_folder
from tree_columns import learn_columns
from tree_graph import tree_graph
from tree_training import Boosting


def train_trees(job: Job) -> None:
    """Boosts trees and exports those of the best round."""
    settings, task, train, validation = job.settings, job.task, job.train, job.validation
    columns, train_columns = learn_columns(train.features, train.labels, job.encoding, task)
    validation_columns = columns.transform(validation.features)
    boosting = Boosting(
        task,
        (train_columns, train.labels),
        (validation_columns, validation.labels),
        settings,
        CheckpointFolder(checkpoint_folder()),
        job.identity(),
    )
    boosting.run(f'{job.headline}; trees of {settings.max_depth} levels')
    graph = tree_graph(
        boosting.model(), boosting.best_trees, columns, len(job.encoding.inputs), boosting.base, task
    )
    rounds = {'run': len(boosting.history.entries), 'best': boosting.history.best + 1}
    job.finish(
        graph,
        boosting.answers(validation_columns[:ANSWERS]),
        boosting.measure('train'),
        boosting.measure('validation'),
        {'rounds': rounds},
        {'xgboost': xgboost.__version__, 'onnx': onnx.__version__},
    )
