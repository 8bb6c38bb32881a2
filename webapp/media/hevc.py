"""The HEVC encoder, x265."""

from typing import Final

from av.video.codeccontext import VideoCodecContext

from . import picture_encoder
from .facts import VideoTrack
from .ladder import Rung

ENCODER: Final = "libx265"
PRESET, QUALITY_CRF = "veryfast", 26
PARAMS = {
    "pools": "none",
    "frame-threads": "1",
    "open-gop": "0",
    "scenecut": "0",
    "repeat-headers": "0",  # hvc1: parameter sets in the record, and nowhere else
    "annexb": "0",
    "info": "0",
    "log-level": "error",
}


def open_encoder(rung: Rung, video: VideoTrack) -> VideoCodecContext:
    """An encoder of length-prefixed NAL units; so is its extradata. One thread, whatever the chunk has."""
    encoder = picture_encoder.create(ENCODER, rung, video)
    encoder.options = {
        "preset": PRESET,
        "crf": str(QUALITY_CRF),
        **picture_encoder.buffered(rung),
        "g": str(picture_encoder.NEVER_BY_ITSELF),
        "forced-idr": "1",
        "x265-params": ":".join(f"{name}={value}" for name, value in PARAMS.items()),
    }
    encoder.open()
    return encoder
