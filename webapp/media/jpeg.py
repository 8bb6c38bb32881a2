"""Pictures as JPEG files."""

from fractions import Fraction

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

QUANTISER = 4  # 2 is best, 31 worst


def encoded(frame: VideoFrame, quantiser: int = QUANTISER) -> bytes:
    """A baseline JPEG of `frame`, in full range BT.601 as JFIF wants it."""
    encoder: VideoCodecContext = av.CodecContext.create("mjpeg", "w")
    full = frame.reformat(format="yuvj420p", dst_color_range="JPEG", dst_colorspace="ITU601")
    encoder.width, encoder.height, encoder.pix_fmt = full.width, full.height, "yuvj420p"
    encoder.thread_count = 1  # several break a picture of one column of blocks
    encoder.time_base = Fraction(1)  # of no meaning for one picture, but asked for
    encoder.options = {"qmin": str(quantiser), "qmax": str(quantiser)}
    return b"".join(bytes(packet) for packet in (*encoder.encode(full), *encoder.encode(None)))
