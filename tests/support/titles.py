"""Pictures that are easy to encode, and hard ones."""

import numpy as np
from av.video.frame import VideoFrame

SLIDE_FRAMES = 50


def slide(number: int, width: int, height: int) -> VideoFrame:
    """Lines of text, as far as an encoder is concerned, that change every two seconds."""
    random = np.random.default_rng(number // SLIDE_FRAMES)
    picture = np.full((height, width, 3), 250, dtype=np.uint8)
    for top in range(height // 8, height * 7 // 8, max(8, height // 12)):
        letters = random.integers(0, 2, (3, width // 8)).repeat(2, axis=0).repeat(4, axis=1)
        line = picture[top : top + 6, width // 4 : width // 4 + letters.shape[1]]
        line[letters.astype(bool)[: line.shape[0]]] = 30
    return VideoFrame.from_ndarray(picture, format="rgb24")


def detailed_motion(number: int, width: int, height: int) -> VideoFrame:
    """Fine detail everywhere that moves and changes, as water and foliage do."""
    texture = np.random.default_rng(7).normal(128, 40, (height + 64, width + 64))
    left, top = int(20 + 19 * np.sin(number / 3)), int(20 + 19 * np.cos(number / 4))
    moved = texture[top : top + height, left : left + width]
    grain = np.random.default_rng(number).normal(0, 14, (height, width))
    luma = np.clip(moved + grain, 0, 255).astype(np.uint8)
    return VideoFrame.from_ndarray(np.repeat(luma[:, :, None], 3, axis=2), format="rgb24")
