"""The AV1 encoder."""

from fractions import Fraction

from av.video.frame import VideoFrame

from tests.support.facts import facts
from tests.support.video import numbered_frame
from webapp.media import av1
from webapp.media.content import Content
from webapp.media.ladder import Rung

SIZE = 640, 360
RUNG = Rung(name="360p_av1", width=640, height=360, ceiling_bps=2_000_000, codec="av1")
TRACK = facts(width=640, height=360).video


def encoded(content: Content) -> bytes:
    """Frames that count, as drawn as can be."""
    encoder = av1.open_encoder(RUNG, TRACK, content)
    packets = []
    for number in range(10):
        frame: VideoFrame = numbered_frame(number, *SIZE).reformat(format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, 25)
        packets += encoder.encode(frame)
    return b"".join(bytes(packet) for packet in [*packets, *encoder.encode(None)])


def test_what_is_drawn_is_encoded_in_its_own_way_with_the_same_sequence_header() -> None:
    one, *others = (av1.open_encoder(RUNG, TRACK, content).extradata for content in Content)
    assert one and all(other == one for other in others)
    assert encoded(Content.BLACK) == encoded(Content.FILMED)
    assert len(encoded(Content.FLAT)) < len(encoded(Content.FILMED))
