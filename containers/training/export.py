"""Writes the job's results: model.onnx, model.json with its description, and answers that verify it."""

import hashlib
import json
import platform
from dataclasses import asdict
from pathlib import Path

import numpy as np

from encoding import Encoding
from settings import Settings
from task import Task

ANSWERS = 10_000
"""Validation rows whose answers are stored with the model."""
INPUT_NAME = 'inputs'
OPSET = 13
"""The newest opset that every supported torch version exports; ONNX Runtime reads it and all later ones."""


def export_model(
    folder: Path,
    graph: bytes,
    answers: np.ndarray,
    encoding: Encoding,
    task: Task,
    settings: Settings,
    metrics: dict[str, float],
    progress: dict[str, dict[str, int]],
    versions: dict[str, str],
) -> None:
    """Writes model.onnx, model.json and validation-answers.npy into `folder`.

    None of them holds a time, a path or a host's name: equal trainings leave equal bytes.

    Args:
        graph: the model as ONNX, `inputs` float32 [batch, n] to `probabilities` float32 [batch, k] or `value`
            float32 [batch, 1].
        answers: the library's own answers to the first validation rows, float32 [rows, outputs].
        progress: `epochs` or `rounds`: how many were run, and which was best.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / 'model.onnx').write_bytes(graph)
    np.save(folder / 'validation-answers.npy', np.ascontiguousarray(answers[:ANSWERS], np.float32))
    about = {
        'formatVersion': 2,
        'algorithm': settings.algorithm,
        'encoding': encoding.content,
        'input': {'name': INPUT_NAME, 'shape': [None, len(encoding.inputs)], 'type': 'float32'},
        'output': {'name': task.output_name, 'shape': [None, task.outputs], 'type': 'float32'},
        'hyperparameters': asdict(settings),
        'metrics': metrics,
        **progress,
        'versions': {**versions, 'numpy': np.__version__, 'python': platform.python_version(), 'opset': OPSET},
        'sha256': {'model.onnx': hashlib.sha256(graph).hexdigest()},
    }
    text = json.dumps(about, indent=2, ensure_ascii=False, allow_nan=False)
    (folder / 'model.json').write_text(text + '\n', encoding='utf-8')
