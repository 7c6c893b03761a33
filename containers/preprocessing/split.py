"""Decides where a row goes by what it is, never by where it stands.

So the holdout stays the holdout in every run and however the data is cut into shards, and two copies of a
row never stand on both sides of the line.
"""

import hashlib

from table import Row

SPLITS = ('train', 'validation', 'test')


def split_of(row: Row, validation_fraction: float, test_fraction: float) -> str:
    """One of `SPLITS`: by the row's id if it has one, else by its features and label."""
    key = row.id if row.id is not None else f'{row.features},{row.label}'
    position = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], 'big') / 2**64
    if position < test_fraction:
        return 'test'
    if position < test_fraction + validation_fraction:
        return 'validation'
    return 'train'
