"""Photos as a camera makes them: rich pictures, with all that a phone writes about itself."""

from __future__ import annotations

from functools import cache

import numpy as np
from PySide6.QtGui import QImage

from desktop.gui.widgets.thumbnail import encode
from support.photo_files import phone_exif, with_exif


@cache
def camera_jpeg(width: int = 2_400, height: int = 1_800, seed: int = 1, turned: int = 1) -> bytes:
    """A JPEG of a few megabytes with the EXIF of a phone."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 200, (height // 40 + 1, width // 40 + 1, 3), dtype=np.uint8)
    pixels = np.repeat(np.repeat(coarse, 40, 0), 40, 1)[:height, :width]
    pixels = pixels + rng.integers(0, 40, pixels.shape, dtype=np.uint8)
    image = QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
    body = encode(image, "JPG", 92)
    assert body is not None
    return with_exif(body, phone_exif(turned=turned))
