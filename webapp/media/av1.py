"""The AV1 encoder, SVT."""

import os
from typing import Final

from av.video.codeccontext import VideoCodecContext

from . import picture_encoder
from .content import Content
from .facts import VideoTrack
from .ladder import Rung

ENCODER: Final = "libsvtav1"
PRESET, QUALITY_CRF = "8", 35
# The least parallelism, with which the bytes are the same each time; no keyframes at new scenes. Those that
# are forced are closed, shown at once, and reset all references. And it may go over the rate by this much,
# in per cent; by default a half.
PARAMS = "lp=1:scd=0:mbr-overshoot-pct=5"
# What is drawn or written comes 1.2 dB closer, with 8 % fewer bits, by the tools for screens; SVT does not
# see it by itself.
PARAMS_OF_FLAT = f"{PARAMS}:scm=1"


def open_encoder(rung: Rung, video: VideoTrack, content: Content = Content.FILMED) -> VideoCodecContext:
    """An encoder whose extradata is the sequence header OBU. One thread, whatever the chunk has.

    Args:
        content: of the first frame.
    """
    os.environ.setdefault("SVT_LOG", "1")  # errors only; by default it greets on stderr
    encoder = picture_encoder.create(ENCODER, rung, video)
    encoder.options = {
        "preset": PRESET,
        "crf": str(QUALITY_CRF),
        "maxrate": str(rung.ceiling_bps),
        "g": str(picture_encoder.NEVER_BY_ITSELF),
        "svtav1-params": PARAMS_OF_FLAT if content is Content.FLAT else PARAMS,
    }
    encoder.open()
    return encoder
