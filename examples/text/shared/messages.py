"""Messages: JSON Lines of `{"text": …, "label": …}`, and their words as numbers."""

import json
import re
import zlib

import numpy as np

from mlops_program import UserError, files_below

MOST_CHARACTERS = 2_000


def problem_of(text):
    """Returns what is wrong with a text; None if nothing is."""
    if not isinstance(text, str):
        return 'is not a string; send a JSON string'
    if not text.strip():
        return 'has no words'
    if len(text) > MOST_CHARACTERS:
        return f'has {len(text)} characters, of which {MOST_CHARACTERS} are allowed'
    return None


def read_messages(folder):
    """Returns labels and texts of all files in `folder`. Raises UserError if there are none."""
    rows = [json.loads(line) for file in files_below(folder) for line in file.read_text('utf-8').splitlines()]
    if not rows:
        raise UserError(f'{folder.name}: the split has no messages; raise its fraction or give the run more data')
    return [row['label'] for row in rows], [row['text'] for row in rows]


def bags_of(texts, size):
    """Returns float64 [texts, size]: 1 in the columns of a text's words and pairs of words, divided by their norm.

    Columns are digests of the words, so there is no vocabulary, and no word is unknown.
    """
    bags = np.zeros((len(texts), size))
    for row, text in zip(bags, texts):
        words = re.findall(r'\w+', text.lower())
        for term in [*words, *map(' '.join, zip(words, words[1:]))]:
            row[zlib.crc32(term.encode()) % size] = 1
        row /= max(np.sqrt(row.sum()), 1)
    return bags


def probabilities_of(bags, weights):
    """Returns the classes' probabilities, float64 [texts, classes]; the last row of `weights` is added to each."""
    logits = bags @ weights[:-1] + weights[-1]
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
