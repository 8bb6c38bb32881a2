"""Makes uploads of sound alone: a beep at each full second, silence between."""

from collections.abc import Sequence
from pathlib import Path

import av
from av.audio.stream import AudioStream

from tests.support.video import SAMPLE_RATE, mux_beeps


def make_sound(
    path: Path, codec: str = "aac", seconds: float = 6.6, begin_s: float = 0, again_s: float | None = None
) -> Path:
    """Writes it to `path`, whose extension says the container; the first sample is at `begin_s`.

    As much again follows from `again_s` on.
    """
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=SAMPLE_RATE, layout="stereo")
        assert isinstance(stream, AudioStream)
        for begin in [begin_s] if again_s is None else [begin_s, again_s]:
            mux_beeps(container, stream, begin, begin + seconds)
        container.mux(stream.encode(None))
    return path


def make_sounds(path: Path, languages: Sequence[str], seconds: float = 6.6) -> Path:
    """Writes a track in each language (ISO 639-2)."""
    with av.open(str(path), "w") as container:
        streams = [container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo") for _ in languages]
        for stream, language in zip(streams, languages, strict=True):
            assert isinstance(stream, AudioStream)
            stream.metadata["language"] = language
        for stream in streams:
            mux_beeps(container, stream, 0, seconds)
            container.mux(stream.encode(None))
    return path
