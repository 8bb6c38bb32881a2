"""A picture whose first keyframe is damaged: what follows is shown from the beginning on, with its sound."""

from collections.abc import Callable
from pathlib import Path

import av
import pytest

from webapp.media import chunk, poster
from webapp.media.answers import Chunk
from webapp.media.jobs import ChunkJob, PosterJob
from webapp.media.obstacles import Obstacle
from webapp.media.timeline import chunks

from .decoding import Rendition, assert_can_start_anywhere, assert_joined
from .encoding import encode_picture, encode_sound, facts_of
from .hearing import beeps

Footage = Callable[..., Path]

RATE, SECONDS = 10, 8
IN_SYNC_S = 0.02
FIXED_GOP: dict[str, object] = {"options": {"x264-params": "scenecut=0"}}
VP8: dict[str, object] = {
    "codec": "libvpx",
    "audio": "libopus",
    "options": {"deadline": "realtime", "cpu-used": "8"},
}


def damaged(footage: Footage, name: str, gop: int, **changes: object) -> Path:
    """Writes zeros over the first packet of the picture, not over what its container says of it."""
    source = footage(name, **{"rate": RATE, "seconds": SECONDS, "gop": gop, "audio": "aac"} | changes)
    with av.open(str(source)) as container:
        first = bytes(next(iter(container.demux(video=0))))
    data = source.read_bytes()
    source.write_bytes(data.replace(first, bytes(len(first)), 1))
    return source


@pytest.mark.parametrize(
    ("name", "changes"),
    [("a.mp4", FIXED_GOP), ("a.mkv", FIXED_GOP), ("a.flv", FIXED_GOP), ("a.webm", VP8)],
)
@pytest.mark.parametrize("gop", [3, 12, 50])
def test_the_first_frame_that_decodes_is_shown_from_the_beginning(
    footage: Footage, tmp_path: Path, name: str, changes: dict[str, object], gop: int
) -> None:
    source = damaged(footage, name, gop, **changes)
    encoded = encode_picture(source, tmp_path / "out")
    assert encoded.facts.duration_s == pytest.approx(SECONDS, abs=0.1)
    assert isinstance(encoded.facts.copying, Obstacle)
    assert_joined(encoded.top)
    assert_can_start_anywhere(encoded.top)
    assert encoded.top.begins() == [0, 2, 6]
    for frame in encoded.top.frames:
        assert float(frame.second) == pytest.approx(frame.number / RATE, abs=0.001) or frame.number == gop
    assert sum(one.missing_s for one in encoded.chunks) == pytest.approx(gop / RATE, abs=0.01)
    sound = encode_sound(source, tmp_path / "sound", encoded.facts).track
    assert sound is not None
    heard = beeps(Rendition(tmp_path / "sound", sound).wave())
    assert heard == pytest.approx(range(SECONDS), abs=IN_SYNC_S)


def test_a_poster_is_found_where_nothing_decodes(footage: Footage) -> None:
    source = damaged(footage, "a.mp4", 50, **FIXED_GOP)
    target = source.with_suffix(".jpg")
    job = PosterJob(source=str(source), target=str(target), facts=facts_of(source), second=1)
    (made,) = poster.make(job)
    assert target.exists() and made.second == 5


def test_so_long_a_stretch_is_left_out(footage: Footage, tmp_path: Path) -> None:
    source = damaged(footage, "a.mp4", 110, **FIXED_GOP | {"seconds": 13})
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    assert encoded.facts.duration_s == 2
    assert encoded.top.numbers == list(range(110, 130))


def test_a_child_that_goes_on_shows_the_same(footage: Footage, tmp_path: Path) -> None:
    source = damaged(footage, "a.mp4", 50, **FIXED_GOP)
    encoded = encode_picture(source, tmp_path / "alone", smallest=True)
    first, *further = (
        ChunkJob(
            source=str(source),
            folder=str(tmp_path / "on"),
            facts=encoded.facts,
            rungs=encoded.rungs,
            **span._asdict(),
        )
        for span in chunks(encoded.facts.duration_s)
    )
    answers = [answer for answer in chunk.encode(first, further) if isinstance(answer, Chunk)]
    assert answers == encoded.chunks
    for path in (tmp_path / "on").rglob("*.m4s"):
        assert path.read_bytes() == (tmp_path / "alone" / path.relative_to(tmp_path / "on")).read_bytes()
