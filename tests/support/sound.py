"""Makes uploads of sound alone: a beep at each full second, silence between."""

from pathlib import Path

import av
from av.audio.stream import AudioStream

from tests.support.video import SAMPLE_RATE, mux_beeps


def make_sound(path: Path, codec: str = "aac", seconds: float = 6.6, begin_s: float = 0) -> Path:
    """Writes it to `path`, whose extension says the container; the first sample is at `begin_s`."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=SAMPLE_RATE, layout="stereo")
        assert isinstance(stream, AudioStream)
        mux_beeps(container, stream, begin_s, begin_s + seconds)
        container.mux(stream.encode(None))
    return path
