"""Writes what the job leaves behind: model.onnx, and model.json that says what it is."""

import hashlib
import inspect
import json
import platform
from dataclasses import asdict
from pathlib import Path

import torch
from torch import nn

from model import Classifier
from schema import Schema
from settings import Settings

OPSET = 13
"""The newest that every supported torch version exports; onnxruntime reads it and all since."""


class _Served(nn.Module):
    """The classifier as it is served: raw features in, probabilities out."""

    def __init__(self, classifier: Classifier):
        super().__init__()
        self.classifier = classifier

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return torch.softmax(self.classifier(features), dim=1)


def export_model(
    folder: Path,
    model: Classifier,
    schema: Schema,
    settings: Settings,
    metrics: dict[str, float],
    epochs: dict[str, int],
) -> None:
    """Writes model.onnx (`features` float32 [batch, n] to `probabilities` float32 [batch, k]) and model.json.

    Neither holds a time, a path or a host's name: equal trainings leave equal bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    onnx = folder / 'model.onnx'
    _export_onnx(onnx, model, len(schema.features))
    about = {
        'formatVersion': 1,
        'schema': asdict(schema),
        'input': {'name': 'features', 'shape': [None, len(schema.features)], 'type': 'float32'},
        'output': {'name': 'probabilities', 'shape': [None, len(schema.classes)], 'type': 'float32'},
        'hyperparameters': asdict(settings),
        'metrics': metrics,
        'epochs': epochs,
        'versions': {'torch': torch.__version__, 'python': platform.python_version(), 'opset': OPSET},
        'sha256': {onnx.name: hashlib.sha256(onnx.read_bytes()).hexdigest()},
    }
    text = json.dumps(about, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    (folder / 'model.json').write_text(text + '\n', encoding='utf-8')


def _export_onnx(file: Path, model: Classifier, features: int) -> None:
    # Newer versions default to an exporter that needs onnxscript, which the training image does not have.
    by_tracing = {'dynamo': False} if 'dynamo' in inspect.signature(torch.onnx.export).parameters else {}
    torch.onnx.export(
        _Served(model).cpu().eval(),
        (torch.zeros(1, features),),
        str(file),
        input_names=['features'],
        output_names=['probabilities'],
        dynamic_axes={'features': {0: 'batch'}, 'probabilities': {0: 'batch'}},
        opset_version=OPSET,
        **by_tracing,
    )
