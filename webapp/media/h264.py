"""The H.264 encoder, and what its configuration record says."""

from fractions import Fraction

import av
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext

from .messages import Rung, VideoTrack

# Shared by benchmarks/, which gives the same to the ffmpeg command line.
PRESET, QUALITY_CRF = "veryfast", 23
# Every chunk starts with a buffer that is nearly full, and what is in it comes on top of the rate each time.
# Starting it emptier has x264 turn a first frame that is shown for seconds into plain grey.
BUFFER_S, SHARE_WITHOUT_BUFFER = 1, 0.9
# Keyframes come where they are forced, so that all rungs can be switched at the same frames.
NEVER_BY_ITSELF = 600
# One thread: a second saves no CPU, adds latency and makes a segment depend on timing.
THREADS = 1


def open_encoder(rung: Rung, video: VideoTrack) -> VideoCodecContext:
    """An encoder whose packets hold length-prefixed NAL units and whose extradata is the avcC record."""
    encoder: VideoCodecContext = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = rung.width, rung.height, "yuv420p"
    encoder.time_base = video.time_base.fraction
    encoder.framerate = video.rate.fraction
    encoder.sample_aspect_ratio = Fraction(1)
    encoder.color_primaries, encoder.color_trc, encoder.colorspace = video.colour
    encoder.color_range = 1  # limited, "tv"
    encoder.thread_count = THREADS
    encoder.flags |= Flags.global_header
    rate_bps = int(rung.ceiling_bps * SHARE_WITHOUT_BUFFER)
    encoder.options = {
        "preset": PRESET,
        "profile": "high",
        "crf": str(QUALITY_CRF),
        "maxrate": str(rate_bps),
        "bufsize": str(rate_bps * BUFFER_S),
        "g": str(NEVER_BY_ITSELF),
        "sc_threshold": "0",
        "forced-idr": "1",
        "x264-params": "annexb=0",
    }
    encoder.open()
    return encoder


def codec_string(avcc: bytes) -> str:
    """RFC 6381 name of the profile, constraints and level in an avcC record (ISO/IEC 14496-15 §5.3.3)."""
    return f"avc1.{avcc[1:4].hex()}"
