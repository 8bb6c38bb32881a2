"""The AV1 encoder, SVT."""

import os
from fractions import Fraction
from typing import Final

import av
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext

from .messages import Rung, VideoTrack
from .thinning import shown_rate

ENCODER: Final = "libsvtav1"
PRESET, QUALITY_CRF = "8", 35
# Keyframes come where they are forced; SVT's are closed, shown at once, and reset all references.
NEVER_BY_ITSELF = 600
# The least parallelism, with which the bytes are the same each time; no keyframes at new scenes.
PARAMS = "lp=1:scd=0"


def open_encoder(rung: Rung, video: VideoTrack) -> VideoCodecContext:
    """An encoder whose extradata is the sequence header OBU. One thread, whatever the chunk has."""
    os.environ.setdefault("SVT_LOG", "1")  # errors only; by default it greets on stderr
    encoder: VideoCodecContext = av.CodecContext.create(ENCODER, "w")
    encoder.width, encoder.height, encoder.pix_fmt = rung.width, rung.height, "yuv420p"
    encoder.time_base = video.time_base.fraction
    encoder.framerate = shown_rate(video.rate.fraction)
    encoder.sample_aspect_ratio = Fraction(1)
    encoder.color_primaries, encoder.color_trc, encoder.colorspace = video.colour
    encoder.color_range = 1  # limited, "tv"
    encoder.flags |= Flags.global_header
    encoder.options = {
        "preset": PRESET,
        "crf": str(QUALITY_CRF),
        "maxrate": str(rung.ceiling_bps),
        "g": str(NEVER_BY_ITSELF),
        "svtav1-params": PARAMS,
    }
    encoder.open()
    return encoder
