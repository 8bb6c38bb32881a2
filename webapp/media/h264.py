"""The H.264 encoder, and what its configuration record says."""

from fractions import Fraction

import av
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext

from .instructions import x264_instructions
from .messages import Rung, VideoTrack
from .thinning import shown_rate

# With the changes below, 24 takes the bits that the preset by itself takes at 23.
PRESET, QUALITY_CRF = "veryfast", 24
# What the preset leaves out, and spends too much on: at the same bit rate a higher SSIM for 0.85 of the
# CPU, on film, phone, broadcast and animation (docs/benchmarks.md). x264's own names.
TUNING = {"aq-mode": "2", "partitions": "i4x4,i8x8", "rc-lookahead": "20"}
# Every chunk starts with a buffer that is nearly full, and what is in it comes on top of the rate each time.
# Starting it emptier has x264 turn a first frame that is shown for seconds into plain grey.
BUFFER_S, SHARE_WITHOUT_BUFFER = 1, 0.9
# Keyframes come where they are forced, so that all rungs can be switched at the same frames.
NEVER_BY_ITSELF = 600


def peak_bps(rung: Rung) -> int:
    """What x264 may fill its buffer with, so that the rung stays below its ceiling."""
    return int(rung.ceiling_bps * SHARE_WITHOUT_BUFFER)


def x264_params(tuning: dict[str, str]) -> str:
    """Options of x264 that libavcodec has no name for."""
    options = {"annexb": "0", **tuning}
    if asm := x264_instructions():
        options["asm"] = asm
    return ":".join(f"{name}={value}" for name, value in options.items())


def open_encoder(rung: Rung, video: VideoTrack, threads: int = 1, preset: str = "") -> VideoCodecContext:
    """An encoder whose packets hold length-prefixed NAL units and whose extradata is the avcC record.

    Args:
        preset: of x264, taken as it is; empty for ours.
    """
    encoder: VideoCodecContext = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = rung.width, rung.height, "yuv420p"
    encoder.time_base = video.time_base.fraction
    encoder.framerate = shown_rate(video.rate.fraction)
    encoder.sample_aspect_ratio = Fraction(1)
    encoder.color_primaries, encoder.color_trc, encoder.colorspace = video.colour
    encoder.color_range = 1  # limited, "tv"
    encoder.thread_count = threads
    encoder.flags |= Flags.global_header
    rate_bps = peak_bps(rung)
    encoder.options = {
        "preset": preset or PRESET,
        "profile": "high",
        "crf": str(QUALITY_CRF),
        "maxrate": str(rate_bps),
        "bufsize": str(rate_bps * BUFFER_S),
        "g": str(NEVER_BY_ITSELF),
        "sc_threshold": "0",
        "forced-idr": "1",
        "x264-params": x264_params({} if preset else TUNING),
    }
    encoder.open()
    return encoder


def codec_string(avcc: bytes) -> str:
    """RFC 6381 name of the profile, constraints and level in an avcC record (ISO/IEC 14496-15 §5.3.3)."""
    return f"avc1.{avcc[1:4].hex()}"
