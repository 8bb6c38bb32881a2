"""Sound whose last edit ends within a packet: what that has behind the edit is not to be heard."""

from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer


def edited_until(container: InputContainer, stream: AudioStream) -> int | None:
    """The tick at which the last edit of an MP4 or MOV ends that ends before all; None for others.

    libavformat lists packets up to there. One that is repeated goes on behind the length that it has then.
    """
    listed, begin, length = stream.index_entries, stream.start_time, stream.duration
    if not container.format.name.startswith("mov") or not 0 < len(listed) < stream.frames:
        return None
    if begin is None or length is None or listed[len(listed) - 1].timestamp >= begin + length:
        return None
    return int(begin + length)


def first_of(frame: AudioFrame, samples: int) -> AudioFrame | None:
    """So many samples of the frame from its beginning on; None if there are none."""
    if samples >= frame.samples:
        return frame
    fifo, moment = AudioFifo(), frame.pts
    frame.pts = None  # it counts from 0
    fifo.write(frame)
    first = fifo.read(samples) if samples > 0 else None
    if first is not None:
        first.pts, first.time_base = moment, frame.time_base
    return first
