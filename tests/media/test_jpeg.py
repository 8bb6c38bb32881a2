"""JPEG files of any size."""

import io

import numpy as np
import PIL.Image
import pytest
from av.video.frame import VideoFrame

from webapp.media import jpeg


@pytest.mark.parametrize(("width", "height"), [(2, 160), (16, 160), (18, 160), (160, 2), (2, 2)])
def test_a_picture_is_the_same_in_each_of_its_rows(width: int, height: int) -> None:
    ramp = np.linspace(0, 255, height).astype(np.uint8)
    picture = np.broadcast_to(ramp[:, None, None], (height, width, 3))
    data = jpeg.encoded(VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24"))
    with PIL.Image.open(io.BytesIO(data)) as shown:
        assert shown.size == (width, height)
        different = np.asarray(shown.convert("L")).astype(int) - ramp[:, None]
    assert np.abs(different).max() <= 4
