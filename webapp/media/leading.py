"""Sound that begins long before the picture, whose first frame is shown meanwhile.

Players would begin with the frame, and what is heard before it would be lost.
"""

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

# Recorders begin picture and sound within a second of each other. What is broadcast is sent with the picture
# ahead, by as much as its decoder's buffer holds, and recorded from anywhere on.
SHORTEST_S, SHORTEST_OF_BROADCASTS_S = 1, 2
BROADCASTS = ("mpegts", "mpeg")
# Sound that claims to begin earlier has a damaged time, mostly; more of it than that is cut.
LONGEST_S = 60


def lead(container: InputContainer, stream: VideoStream, begun: int, sound: AudioStream | None) -> int:
    """Ticks of `stream` from the sound's beginning to that of the picture; 0 where that is not long.

    Args:
        begun: the tick of the picture's first packet. What is recorded from the middle of a GOP on shows
            nothing up to its first keyframe, and what is heard until then belongs to what is not shown.
    """
    assert stream.time_base is not None
    if sound is None or sound.start_time is None or sound.time_base is None:
        return 0
    lead_s = begun * stream.time_base - sound.start_time * sound.time_base
    shortest_s = SHORTEST_OF_BROADCASTS_S if container.format.name in BROADCASTS else SHORTEST_S
    return int(lead_s / stream.time_base) if shortest_s < lead_s <= LONGEST_S else 0
