"""The network: a multilayer perceptron that takes a table's raw columns and scales and embeds them itself."""

import math

import numpy as np
import torch
from torch import nn

from encoding import Encoding
from settings import Settings
from task import Task

ONE_HOT = 4
"""Maximum values of a category that gets one input for each value; with more, it gets a trained embedding."""
CLIP = 10.0
"""Standard deviations from the mean at which numbers are clipped, so that an outlier does not outweigh the rest."""
SCALING_ROWS = 100_000


class Network(nn.Module):
    """Maps inputs, float32 [batch, inputs], to margins, float32 [batch, outputs].

    Scaling and embeddings are part of the model, so a serving program does not repeat them.
    """

    def __init__(self, features: np.ndarray, encoding: Encoding, outputs: int, settings: Settings):
        """Learns scaling and frequencies from `features`, float32 [rows, inputs], the training rows."""
        super().__init__()
        center, scale = scaling_of(features[:, encoding.numbers])
        self.register_buffer('center', torch.from_numpy(center))
        self.register_buffer('scale', torch.from_numpy(scale))
        # Selecting no columns is avoided: not every exporter can write it.
        self.has_numbers = bool(encoding.numbers)
        self.register_buffer('numbers', torch.tensor(encoding.numbers, dtype=torch.int64))
        self.categories = encoding.categories
        self.embeddings = nn.ModuleList(
            Category(features[:, index], encoding.inputs[index].codes) for index in self.categories
        )
        layers: list[nn.Module] = []
        width = len(encoding.numbers) + sum(embedding.width for embedding in self.embeddings)
        for _ in range(settings.hidden_layers):
            layers += [nn.Linear(width, settings.hidden_units), nn.ReLU(), nn.Dropout(settings.dropout)]
            width = settings.hidden_units
        self.layers = nn.Sequential(*layers, nn.Linear(width, outputs))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        parts = []
        if self.has_numbers:
            scaled = (inputs.index_select(1, self.numbers) - self.center) / self.scale
            parts.append(scaled.clamp(-CLIP, CLIP))
        parts += [embed(inputs[:, index]) for index, embed in zip(self.categories, self.embeddings)]
        return self.layers(torch.cat(parts, dim=1))

    def settle(self) -> None:
        """Sets the embedding of each code without training rows to the mean of the others, weighted by their rows."""
        for embedding in self.embeddings:
            embedding.settle()


class Category(nn.Module):
    """Maps codes of a category, float32 [batch], to float32 [batch, width]."""

    def __init__(self, column: np.ndarray, codes: int):
        super().__init__()
        counts = np.bincount(column.astype(np.int64), minlength=codes)
        self.register_buffer('frequency', torch.from_numpy((counts / counts.sum()).astype(np.float32)))
        self.last = codes - 1
        trained = codes - 2 > ONE_HOT
        self.width = min(16, math.ceil(math.sqrt(codes - 2)) + 1) if trained else codes
        start = torch.randn(codes, self.width) * 0.1 if trained else torch.eye(codes)
        self.table = nn.Parameter(start, requires_grad=trained)
        self.settle()

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        return nn.functional.embedding(codes.clamp(0, self.last).long(), self.table)

    def settle(self) -> None:
        # These rows are not trained: overwriting them has no other effect.
        with torch.no_grad():
            self.table[self.frequency == 0] = self.frequency @ self.table


class Served(nn.Module):
    """The network in its served form: raw inputs in; probabilities, or values in the label's unit, out."""

    def __init__(self, network: Network, task: Task):
        super().__init__()
        self.network, self.classifies = network, task.classes is not None
        self.mean, self.deviation = task.mean, task.deviation

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        margins = self.network(inputs)
        return torch.softmax(margins, dim=1) if self.classifies else margins * self.deviation + self.mean


def scaling_of(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns mean and standard deviation of each column, float32 [columns] each.

    The outer 0.5 % of the values on both sides are set to the quantile there: otherwise one value of 1e30 would make
    all others equal. If the column is constant after that (rare ones among zeros), its values are taken as they are.
    A constant column has the deviation 1, so that it becomes zero instead of a division by (almost) zero.
    """
    mean, deviation = np.zeros(features.shape[1]), np.ones(features.shape[1])
    stride = -(-len(features) // SCALING_ROWS)
    for index in range(features.shape[1]):
        exact = features[:, index].astype(np.float64)
        inner = np.clip(exact, *np.quantile(exact[::stride], [0.005, 0.995]))
        for values in (inner, exact):
            mean[index], spread = values.mean(), values.std()
            if spread > 1e-6 * max(abs(mean[index]), 1e-30):
                deviation[index] = spread
                break
    return mean.astype(np.float32), deviation.astype(np.float32)
