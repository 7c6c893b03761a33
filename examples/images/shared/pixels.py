"""The pixels of an image: one definition for preprocessing, training and serving."""

import io

import numpy as np
from PIL import Image

SIZE = 16
"""Width and height of an image, in pixels."""


def pixels_of(data):
    """Returns the pixels of a PNG as float32 [SIZE, SIZE], with mean 0 and deviation 1.

    Raises:
        ValueError: saying what is wrong.
    """
    try:
        with Image.open(io.BytesIO(data), formats=['PNG']) as image:
            if image.size != (SIZE, SIZE):
                raise ValueError(f'has {image.width} × {image.height} pixels instead of {SIZE} × {SIZE}')
            pixels = np.asarray(image.convert('L'), dtype=np.float32)
    except (OSError, SyntaxError, Image.DecompressionBombError):
        raise ValueError('is not a whole PNG file') from None
    return (pixels - pixels.mean()) / max(float(pixels.std()), 1.0)
