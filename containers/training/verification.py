"""Verifies an exported model: the ONNX runtime must answer as the library that trained it."""

from collections.abc import Callable

import numpy as np

from export import INPUT_NAME
from log import log

TOLERANCE = 1e-5
"""Allowed difference, as a share of the largest answer where that is above 1: float32 has 7 digits."""
ROWS = 1_000
REFERENCE_ROWS = 100
"""Few, since the reference implementation walks through trees in Python."""


class VerificationError(Exception):
    """The answers of the exported and the trained model differ: a bug of this program or of a library."""


def verify(graph: bytes, features: np.ndarray, answers: np.ndarray) -> None:
    """Compares the ONNX model's answers with the library's on up to 1,000 rows.

    Args:
        features: float32 [rows, inputs].
        answers: the library's, float32 [rows, outputs].

    Raises:
        VerificationError: naming the row that differs most.
    """
    found = _runtime(graph) or _reference(graph)
    if found is None:
        log.info('no ONNX runtime is installed here; the evaluation verifies the exported model')
        return
    name, rows, answer = found
    # Spread over the table: its first rows may be all of one kind.
    chosen = np.unique(np.linspace(0, len(features) - 1, min(rows, len(features))).astype(np.int64))
    compare(name, answer(features[chosen]), answers[chosen], chosen)
    log.info('%s answers as the trained model on %d validation rows', name, len(chosen))


def compare(name: str, found: np.ndarray, expected: np.ndarray, rows: np.ndarray) -> None:
    """Raises VerificationError if `found` and `expected`, [rows, outputs], differ by more than TOLERANCE."""
    if found.shape != expected.shape:
        raise VerificationError(
            f'the exported model does not answer as the trained one: {name} gives the shape {list(found.shape)}, '
            f'not {list(expected.shape)}'
        )
    allowed = TOLERANCE * max(1.0, float(np.abs(expected).max(initial=0)))
    difference = np.abs(found.astype(np.float64) - expected).max(axis=1)
    # NaN compares as not within the tolerance.
    wrong = ~(difference <= allowed)
    if wrong.any():
        worst = int(np.argmax(np.where(np.isnan(difference), np.inf, difference)))
        raise VerificationError(
            f'the exported model does not answer as the trained one: to validation row {rows[worst] + 1}, {name} '
            f'answers {found[worst].tolist()}, the trained model {expected[worst].tolist()}; the allowed '
            f'difference is {allowed:.1g}'
        )


Answering = tuple[str, int, Callable[[np.ndarray], np.ndarray]]


def _runtime(graph: bytes) -> Answering | None:
    try:
        import onnxruntime
    except ImportError:
        return None
    session = onnxruntime.InferenceSession(graph, providers=['CPUExecutionProvider'])
    return 'ONNX Runtime', ROWS, lambda features: session.run(None, {INPUT_NAME: features})[0]


def _reference(graph: bytes) -> Answering | None:
    try:
        import onnx
        from onnx.reference import ReferenceEvaluator
    except ImportError:
        return None
    evaluator = ReferenceEvaluator(onnx.load_from_string(graph))
    return (
        "ONNX's reference implementation",
        REFERENCE_ROWS,
        lambda features: evaluator.run(None, {INPUT_NAME: features})[0],
    )
