"""The model: a multilayer perceptron that takes raw features and scales them itself."""

import torch
from torch import nn

from settings import Settings


class Classifier(nn.Module):
    """Features, float32 [batch, features], to logits, float32 [batch, classes].

    The scaling is part of the model, so whoever serves it has nothing to repeat.
    """

    def __init__(self, mean: torch.Tensor, deviation: torch.Tensor, classes: int, settings: Settings):
        super().__init__()
        self.register_buffer('mean', mean)
        self.register_buffer('deviation', deviation)
        layers: list[nn.Module] = []
        width = len(mean)
        for _ in range(settings.hidden_layers):
            layers += [nn.Linear(width, settings.hidden_units), nn.ReLU(), nn.Dropout(settings.dropout)]
            width = settings.hidden_units
        self.layers = nn.Sequential(*layers, nn.Linear(width, classes))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return self.layers((features - self.mean) / self.deviation)


def scaling_of(features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and standard deviation of each column, float32 [features] each.

    A constant column gets the deviation 1: it becomes zero instead of a division by (almost) zero.
    """
    exact = features.double()
    mean = exact.mean(dim=0)
    deviation = (exact - mean).square().mean(dim=0).sqrt()
    constant = deviation <= 1e-6 * mean.abs().clamp(min=1e-30)
    return mean.float(), deviation.masked_fill(constant, 1.0).float()
