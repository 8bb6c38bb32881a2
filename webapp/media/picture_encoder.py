"""What all encoders of the picture are told alike, whatever their codec."""

from fractions import Fraction

import av
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext

from .facts import VideoTrack
from .ladder import Rung
from .thinning import shown_rate

LIMITED_RANGE = 1  # AVCOL_RANGE_MPEG of libavutil/pixfmt.h: "tv"
# Keyframes come where they are forced, so that all rungs can be switched at the same frames.
NEVER_BY_ITSELF = 600
# Every chunk starts with a buffer that is nearly full, and what is in it comes on top of the rate each time.
# Starting it emptier has x264 turn a first frame that is shown for seconds into plain grey.
BUFFER_S, SHARE_WITHOUT_BUFFER = 1, 0.88


def peak_bps(rung: Rung) -> int:
    """What an encoder may fill its buffer with, so that the rung stays below its ceiling."""
    return int(rung.ceiling_bps * SHARE_WITHOUT_BUFFER)


def buffered(rung: Rung) -> dict[str, str]:
    """Options that keep the rung below its ceiling."""
    rate_bps = peak_bps(rung)
    return {"maxrate": str(rate_bps), "bufsize": str(rate_bps * BUFFER_S)}


def create(name: str, rung: Rung, video: VideoTrack) -> VideoCodecContext:
    """An encoder of libavcodec by its name, not opened yet, for frames of the rung timed as the source's."""
    encoder = av.CodecContext.create(name, "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = rung.width, rung.height, "yuv420p"
    encoder.time_base = video.time_base.fraction
    encoder.framerate = shown_rate(video.rate.fraction)
    encoder.sample_aspect_ratio = Fraction(1)
    encoder.color_primaries, encoder.color_trc, encoder.colorspace = video.colour
    encoder.color_range = LIMITED_RANGE
    encoder.flags |= Flags.global_header
    return encoder
