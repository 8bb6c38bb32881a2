"""Sound whose times are not those of its samples."""

from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream

from tests.support.video import SAMPLE_RATE, mux_beeps

from .decoding import Rendition
from .encoding import encode_sound
from .hearing import Wave

SECONDS, RATE = 7, 44_100
LATE_MS = 20


def vorbis(path: Path, late_ms: int) -> Path:
    """Beeps, all of whose blocks are of one size, with times as some muxers give them where there are two."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("vorbis", rate=RATE, layout="stereo", options={"strict": "-2"})
        assert isinstance(stream, AudioStream)
        stream.codec_context.open()
        mux_beeps(container, stream, 0, SECONDS)
        container.mux(stream.encode(None))
    moved = path.with_name(f"{late_ms}.mkv")
    with av.open(str(path)) as old, av.open(str(moved), "w") as new:
        copied = new.add_stream_from_template(old.streams.audio[0])
        for number, packet in enumerate(old.demux(audio=0)):
            if packet.size and packet.pts is not None:
                packet.stream = copied
                packet.pts = packet.dts = packet.pts + (late_ms if number // 5 % 2 else 0)
                new.mux(packet)
    return moved


def heard(source: Path) -> Wave:
    folder = source.with_suffix("")
    track = encode_sound(source, folder).track
    assert track is not None
    return Rendition(folder, track).wave()


def test_vorbis_is_not_cut_up_where_its_times_are_those_of_its_ends(tmp_path: Path) -> None:
    even, uneven = (heard(vorbis(tmp_path / "a.mkv", late_ms))[0] for late_ms in (0, LATE_MS))
    samples = min(len(even), len(uneven))
    assert samples > (SECONDS - 0.1) * SAMPLE_RATE
    assert np.corrcoef(even[:samples], uneven[:samples])[0, 1] > 0.99
