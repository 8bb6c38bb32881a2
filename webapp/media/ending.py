"""When a picture ends, from its last packets: what containers claim is often off."""

from fractions import Fraction

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


def end_of(container: InputContainer, stream: VideoStream, track: VideoTrack) -> int:
    """The tick at which the last frame ends."""
    claimed = claimed_ticks(container, stream, track)
    by_decoding = Moments(container, stream).by_decoding
    delay = _decoder_delay(container, stream, track) if by_decoding else 0
    read_only(container, stream)
    end = _last_end(container, stream, track, track.zero + claimed, by_decoding) if claimed else None
    if end is None:  # nothing there: read everything
        end = _last_end(container, stream, track, track.zero, by_decoding)
    read_only(container, *container.streams)
    return track.zero if end is None else end + delay


def end_of_frame(container: InputContainer, frame: VideoFrame) -> int:
    """The tick at which it ends, as far as the container says so."""
    assert frame.pts is not None
    return frame.pts + (0 if container.format.name in STORING_NO_LENGTHS else frame.duration)


def claimed_ticks(container: InputContainer, stream: VideoStream, track: VideoTrack) -> int:
    """Ticks that the stream lasts, or all of the container; 0 where neither says so."""
    whole = container.duration or 0
    return stream.duration or int(Fraction(whole, av.time_base) / track.time_base.fraction)


def _decoder_delay(container: InputContainer, stream: VideoStream, track: VideoTrack) -> int:
    """Ticks by which frames are shown later than they are decoded."""
    go_to(container, stream, 0)
    decode_times = (packet.dts for packet in demuxed(container, [stream]))
    return track.zero - next((time for time in decode_times if time is not None), track.zero)


def _last_end(
    container: InputContainer, stream: VideoStream, track: VideoTrack, start: int, by_decoding: bool
) -> int | None:
    """The last tick of the packets from `start` on; None if there are none."""
    usual = max(1, round(1 / (track.rate.fraction * track.time_base.fraction)))
    name = container.format.name
    second = round(1 / track.time_base.fraction)
    times: list[int] = []
    lengths: dict[int, int] = {}
    if can_be_sought(container, track.zero, start):  # else it stands near the beginning
        go_to(container, stream, start)
    for packet in packets(container, [stream], Damage()):
        time = packet.dts if by_decoding or packet.pts is None else packet.pts
        if time is not None:
            times.append(time)
            lengths[time] = usual if name in STORING_NO_LENGTHS else packet.duration or usual
    far = far_ticks(second, usual)
    likely = without_strays(times, far)
    claimed = claimed_ticks(container, stream, track)
    if claimed and len(likely) > 1:
        latest = max(max(likely[:-1]) + far, track.zero + claimed + LONGEST_PAST_CLAIM_S * second)
        likely = [time for time in likely if time <= latest]
    # The others last until the next at the most, whatever they say.
    last = max(likely, default=None)
    return None if last is None else last + lengths[last]
