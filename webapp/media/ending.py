"""When a picture ends, from its last packets: what containers claim is often off."""

from fractions import Fraction
from typing import NamedTuple

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from .decoding import Damage, packets, read_only
from .demuxing import demuxed, go_to
from .early_times import can_be_sought
from .facts import VideoTrack
from .moments import Moments
from .strays import far_ticks, without_strays

# libavformat makes these up from times, which may be wrong.
STORING_NO_LENGTHS = ("mpegts", "mpeg")
# What is shown later than this after what the container claims, and far from all else, cannot be.
LONGEST_PAST_CLAIM_S = 300


class Ends(NamedTuple):
    """
    Attributes:
        of_frame: the tick at which the last frame ends, as it is written.
        of_all: that at which packets without a byte end, which show it again: in Theora and AVI.
    """

    of_frame: int
    of_all: int


def ends_of(container: InputContainer, stream: VideoStream, track: VideoTrack) -> Ends:
    """When the picture ends."""
    claimed = claimed_ticks(container, stream, track)
    edited = _edited_until(container, stream)
    start = edited if edited is not None else track.zero + claimed if claimed else None
    by_decoding = Moments(container, stream).by_decoding
    delay = _decoder_delay(container, stream, track) if by_decoding else 0
    read_only(container, stream)
    ends = None if start is None else _last_ends(container, stream, track, start, by_decoding)
    if ends is None:  # nothing there: read everything
        ends = _last_ends(container, stream, track, track.zero, by_decoding)
    read_only(container, *container.streams)
    return Ends(*(end + delay for end in ends)) if ends else Ends(track.zero, track.zero)


def end_of_frame(container: InputContainer, frame: VideoFrame) -> int:
    """The tick at which it ends, as far as the container says so."""
    assert frame.pts is not None
    return frame.pts + (0 if container.format.name in STORING_NO_LENGTHS else frame.duration)


def claimed_ticks(container: InputContainer, stream: VideoStream, track: VideoTrack) -> int:
    """Ticks that the stream lasts, or all of the container; 0 where neither says so."""
    whole = container.duration or 0
    return stream.duration or int(Fraction(whole, av.time_base) / track.time_base.fraction)


def _edited_until(container: InputContainer, stream: VideoStream) -> int | None:
    """When the last packet is decoded that is shown of an MP4 or MOV whose edits repeat some, or end early.

    None for others. What such a stream claims may be its length without edits, and thousands of them make
    hours of a second. Behind the last edit up to two keyframes are listed, and what lies between.
    """
    listed = stream.index_entries
    last = len(listed) - 1
    if not container.format.name.startswith("mov") or not stream.frames or last < 0:
        return None
    if len(listed) <= stream.frames and not listed[last].is_discard:
        return None
    while last and listed[last].is_discard:
        last -= 1
    return int(listed[last].timestamp)


def _decoder_delay(container: InputContainer, stream: VideoStream, track: VideoTrack) -> int:
    """Ticks by which frames are shown later than they are decoded."""
    go_to(container, stream, 0)
    decode_times = (packet.dts for packet in demuxed(container, [stream]))
    return track.zero - next((time for time in decode_times if time is not None), track.zero)


def _last_ends(
    container: InputContainer, stream: VideoStream, track: VideoTrack, start: int, by_decoding: bool
) -> Ends | None:
    """The last ticks of the packets from `start` on; None if none of these has a frame."""
    usual = max(1, round(1 / (track.rate.fraction * track.time_base.fraction)))
    name = container.format.name
    second = round(1 / track.time_base.fraction)
    times: list[int] = []
    lengths: dict[int, int] = {}
    repeating: set[int] = set()
    if can_be_sought(container, track.zero, start):  # else it stands near the beginning
        go_to(container, stream, start)
    for packet in packets(container, [stream], Damage()):
        time = packet.dts if by_decoding or packet.pts is None else packet.pts
        if time is not None and not packet.is_discard:
            times.append(time)
            if not packet.size:
                repeating.add(time)
            lengths[time] = usual if name in STORING_NO_LENGTHS else packet.duration or usual
    far = far_ticks(second, usual)
    likely = without_strays(times, far)
    claimed = claimed_ticks(container, stream, track)
    if claimed and len(likely) > 1:
        latest = max(max(likely[:-1]) + far, track.zero + claimed + LONGEST_PAST_CLAIM_S * second)
        likely = [time for time in likely if time <= latest]
    # The others last until the next at the most, whatever they say.
    last = max(likely, default=None)
    frame = max((time for time in likely if time not in repeating), default=None)
    if last is None or frame is None:
        return None
    return Ends(frame + lengths[frame], last + lengths[last])
