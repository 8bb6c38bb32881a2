"""Makes webapp/media/tones/*.cube: what libswscale makes of every colour of HDR, perceptually, for BT.709.

Lossless HEVC carries the colours there, since PyAV cannot say of a frame what it was mastered for.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
from av.filter import Graph
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from webapp.media.tone import BRIGHT_NITS, HLG, PQ, USUAL_NITS, table

# Nodes an axis: with 33 a grey is within 2 of 255 of what 65 give, for an eighth of the file.
SIZE = 33
WIDTH, HEIGHT = SIZE * SIZE, SIZE
BT2020, RGB, FULL_RANGE = 9, 0, 2
DEEPEST = 4095  # of HEVC
LEAST = 0.0001  # of what is written


def colours(transfer: int) -> VideoFrame:
    """A pixel for each node, red changing fastest; more at the edges, since x265 wants sides to be even."""
    steps = np.round(np.linspace(0, DEEPEST, SIZE)).astype(np.uint16)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    frame = VideoFrame(WIDTH + 1, HEIGHT + 1, "gbrp12le")
    for plane, colour in zip(frame.planes, (green, blue, red), strict=True):
        pixels = np.frombuffer(plane, dtype=np.uint16).reshape(plane.height, plane.line_size // 2)  # type: ignore[call-overload]
        pixels[:HEIGHT, :WIDTH] = colour.reshape(HEIGHT, WIDTH)
    frame.pts, frame.time_base = 0, Fraction(1, 25)
    frame.color_trc, frame.color_primaries = transfer, BT2020
    frame.colorspace, frame.color_range = RGB, FULL_RANGE
    return frame


def mastered(frame: VideoFrame, nits: int) -> VideoFrame:
    """The same frame, said to be mastered on a display of BT.2020 that is so bright."""
    encoder = av.CodecContext.create("libx265", "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = frame.width, frame.height, frame.format.name
    encoder.time_base = Fraction(1, 25)
    encoder.color_trc, encoder.color_primaries = frame.color_trc, frame.color_primaries
    encoder.colorspace, encoder.color_range = frame.colorspace, frame.color_range
    display = f"G(8500,39850)B(6550,2300)R(35400,14600)WP(15635,16450)L({nits * 10_000},0)"
    encoder.options = {"x265-params": f"lossless=1:log-level=none:master-display={display}"}
    decoder = av.CodecContext.create("hevc", "r")
    assert isinstance(decoder, VideoCodecContext)

    def decoded() -> Iterator[VideoFrame]:
        for packet in [*encoder.encode(frame), *encoder.encode(None)]:
            yield from decoder.decode(packet)
        yield from decoder.decode(None)

    again = next(decoded())
    again.pts, again.time_base = 0, Fraction(1, 25)
    return again


def standard(frame: VideoFrame) -> VideoFrame:
    """The frame as it looks on a display of BT.709."""
    graph = Graph()
    nodes = [
        graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format, time_base=Fraction(1, 25)
        ),
        graph.add("scale", "out_primaries=bt709:out_transfer=bt709:out_range=pc:intent=perceptual"),
        graph.add("format", "gbrp16le"),
        graph.add("buffersink"),
    ]
    for node, following in pairwise(nodes):
        node.link_to(following)
    graph.configure()
    nodes[0].push(frame)
    mapped = nodes[-1].pull()
    assert isinstance(mapped, VideoFrame)
    return mapped


def lines(frame: VideoFrame) -> Iterator[str]:
    yield f"LUT_3D_SIZE {SIZE}"
    green, blue, red = (
        np.frombuffer(plane, dtype=np.uint16).reshape(plane.height, -1)[:HEIGHT, :WIDTH].ravel() / 65535  # type: ignore[call-overload]
        for plane in frame.planes
    )
    for node in zip(red, green, blue, strict=True):
        yield " ".join(f"{value:.4f}".strip("0") if value >= LEAST else "0" for value in node)


def main() -> None:
    for transfer, bright, nits in (
        (PQ, False, USUAL_NITS),
        (PQ, True, BRIGHT_NITS),
        (HLG, False, USUAL_NITS),
    ):
        made = table(transfer, bright)
        made.write_text("\n".join(lines(standard(mastered(colours(transfer), nits)))) + "\n")


if __name__ == "__main__":
    main()
