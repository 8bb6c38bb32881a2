"""The HEVC encoder, x265."""

from fractions import Fraction
from typing import Final

import av
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext

from .messages import Rung, VideoTrack
from .thinning import shown_rate

ENCODER: Final = "libx265"
PRESET, QUALITY_CRF = "veryfast", 26
NEVER_BY_ITSELF = 600
BUFFER_S, SHARE_WITHOUT_BUFFER = 1, 0.9
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
    encoder: VideoCodecContext = av.CodecContext.create(ENCODER, "w")
    encoder.width, encoder.height, encoder.pix_fmt = rung.width, rung.height, "yuv420p"
    encoder.time_base = video.time_base.fraction
    encoder.framerate = shown_rate(video.rate.fraction)
    encoder.sample_aspect_ratio = Fraction(1)
    encoder.color_primaries, encoder.color_trc, encoder.colorspace = video.colour
    encoder.color_range = 1  # limited, "tv"
    encoder.flags |= Flags.global_header
    rate_bps = int(rung.ceiling_bps * SHARE_WITHOUT_BUFFER)
    encoder.options = {
        "preset": PRESET,
        "crf": str(QUALITY_CRF),
        "maxrate": str(rate_bps),
        "bufsize": str(rate_bps * BUFFER_S),
        "g": str(NEVER_BY_ITSELF),
        "forced-idr": "1",
        "x265-params": ":".join(f"{name}={value}" for name, value in PARAMS.items()),
    }
    encoder.open()
    return encoder
