"""The network: what training and serving both have to know of it."""

import io

import numpy as np
import torch
from torch import nn

from pixels import SIZE


class Network(nn.Sequential):
    """Two convolutions, from pixels [rows, 1, SIZE, SIZE] to the logits of the classes."""

    def __init__(self, channels, classes):
        super().__init__(
            nn.Conv2d(1, channels, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(channels, 2 * channels, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(2 * channels * (SIZE // 4) ** 2, classes),
        )

    def probabilities(self, images):
        """Returns the probabilities of the classes, one list for each image's pixels."""
        self.eval()
        with torch.no_grad():
            return torch.softmax(self(batch_of(images)), dim=1).tolist()


def batch_of(images):
    """Returns the network's input for a list of pixels."""
    return torch.from_numpy(np.stack(images)[:, None])


def to_bytes(content):
    """Returns tensors, and lists and dictionaries of them, as a file of PyTorch."""
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def from_bytes(data):
    """Returns the content of `to_bytes`; it runs no code of the file."""
    return torch.load(io.BytesIO(data), weights_only=True)
