"""Whether the last frame is held, because the sound goes on for long: music with one picture, a camera that
failed, a screen on which nothing moved any more.

Players would hold it too, but what is told of such a video, its length, progress and scrubbing, would end
with the frame, and so would its segments.
"""

import contextlib

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from .cut_off import claimed_end_s
from .decoding import Damage, packets, read_only
from .ending import Ends
from .facts import Held

# Recorders stop picture and sound within a second of each other.
SHORTEST_S = 1
# Sound after a pause this long is a packet with a damaged time.
LONGEST_PAUSE_S = 60


def held(
    container: InputContainer, stream: VideoStream, sound: AudioStream | None, ends: Ends
) -> Held | None:
    """
    Args:
        sound: that goes with the picture.
        ends: of the picture.
    """
    until = _sound_until(container, stream, sound, ends.of_all) or ends.of_all
    return Held(since=ends.of_frame, until=until) if until > ends.of_frame else None


def _sound_until(
    container: InputContainer, stream: VideoStream, sound: AudioStream | None, end: int
) -> int | None:
    """The tick of `stream` at which the sound ends; None if that is not long after `end`."""
    assert stream.time_base is not None
    end_s = end * stream.time_base
    if sound is None or sound.time_base is None or claimed_end_s(container) - end_s <= SHORTEST_S:
        return None
    until_s = _end_from(container, sound, int(end_s / sound.time_base)) * sound.time_base
    if until_s - end_s <= SHORTEST_S:
        return None
    return int(until_s / stream.time_base)


def _end_from(container: InputContainer, sound: AudioStream, tick: int) -> int:
    """The tick at which the sound from `tick` on ends; the same if there is none."""
    assert sound.time_base is not None
    pause = int(LONGEST_PAUSE_S / sound.time_base)
    read_only(container, sound)
    # By the sound: FLV goes to its end where the picture is to be looked for behind its last keyframe.
    with contextlib.suppress(av.FFmpegError):  # no way to seek: then from where the container stands
        container.seek(tick, stream=sound)
    for packet in packets(container, [sound], Damage()):
        if packet.pts is not None and not packet.is_discard and packet.pts <= tick + pause:
            tick = max(tick, packet.pts + (packet.duration or 0))
    read_only(container, *container.streams)
    return tick
