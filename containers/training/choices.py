"""Chooses the settings that are 0 from the number of training rows."""

import dataclasses
import os

from settings import Settings

STEPS = 20_000
"""Training steps of the network for a large table; a small one gets MOST_EPOCHS."""
MOST_EPOCHS, LEAST_EPOCHS = 100, 30
SMALL_TABLE = 50_000
"""Maximum rows of a table for which further threads cost more than they save."""


def choose(settings: Settings, rows: int, classifies: bool) -> Settings:
    """Returns `settings` with every 0 that means "chosen" replaced, the same for the same table.

    Trees: `bench/trees.py` measures these against scikit-learn. Classes in clusters need deep trees even of few rows;
    numbers of few rows are learnt best by shallow trees with leaves of several rows.
    """
    batch_size = settings.batch_size or _batch_size(rows)
    steps = -(-rows // batch_size)
    tree_learning_rate = settings.tree_learning_rate or (0.05 if rows <= SMALL_TABLE else 0.1)
    leaf_rows = 1.0 if classifies else min(50.0, max(5.0, rows / 250))
    return dataclasses.replace(
        settings,
        batch_size=batch_size,
        epochs=settings.epochs or min(MOST_EPOCHS, max(LEAST_EPOCHS, STEPS // steps)),
        tree_learning_rate=tree_learning_rate,
        rounds=settings.rounds or min(10_000, round(50 / tree_learning_rate)),
        max_depth=settings.max_depth or (6 if classifies or rows > 10_000 else 4),
        min_child_weight=settings.min_child_weight or leaf_rows,
        threads=settings.threads or (1 if rows <= SMALL_TABLE else os.cpu_count() or 1),
    )


def _batch_size(rows: int) -> int:
    """Returns a power of two near a 64th of the rows: small batches train small tables best, but leave cores idle on
    large."""
    return min(1024, max(32, 2 ** ((rows // 64).bit_length() - 1 if rows >= 64 else 0)))
