"""Files that break off: they are used as far as they go, and how much is missing is said."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.sound import make_sound
from tests.support.tracks import SubtitleTrack, add_tracks
from tests.support.trickle import trickling
from webapp.media import probe
from webapp.media.boxes import children
from webapp.media.failures import Unprocessable
from webapp.media.jobs import ProbeJob
from webapp.media.obstacles import Obstacle, ObstacleCode

from .copying import copy_of
from .decoding import Rendition
from .encoding import encode_picture, encode_sound, facts_of
from .tampering import claim_duration

Footage = Callable[..., Path]

RATE, SECONDS = 25, 9
WHOLE = {"rate": RATE, "seconds": SECONDS, "gop": 10, "audio": "aac"}
INDEX_FIRST = {"container_options": {"movflags": "faststart"}}


def cut(path: Path, share: float) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def samples_begin(path: Path) -> int:
    return next(at for kind, at, _ in children(path.read_bytes()) if kind == b"mdat") + 8


@pytest.mark.parametrize("share", [0.4, 0.667, 0.9])
def test_an_mp4_whose_index_came_first_is_used_as_far_as_it_goes(
    footage: Footage, tmp_path: Path, share: float
) -> None:
    source = cut(footage("a.mp4", **WHOLE, **INDEX_FIRST), share)
    encoded = encode_picture(source, tmp_path / "out", smallest=True)
    numbers, facts = encoded.top.numbers, encoded.facts
    assert numbers == list(range(len(numbers))) and 0.2 < len(numbers) / RATE / SECONDS < share + 0.1
    assert facts.duration_s == pytest.approx(len(numbers) / RATE, abs=0.2)
    assert facts.missing_s == pytest.approx(SECONDS - facts.duration_s, abs=0.1)
    sound = encode_sound(source, tmp_path / "out", facts).track
    assert sound is not None
    beeps = abs(Rendition(tmp_path / "out", sound).wave()[0]) > 0.2
    assert beeps[(int(facts.duration_s - 0.2)) * 48_000 :].any()
    copies = copy_of(source, tmp_path / "copy")
    assert copies.copied.frames <= len(numbers) and copies.obstacle is not None


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("a.mkv", {}),
        ("a.flv", {}),
        ("a.avi", {"codec": "mpeg4"}),
        ("a.asf", {"codec": "wmv2", "audio": "mp3"}),
        ("a.webm", {"codec": "libvpx", "audio": "libopus"}),
    ],
)
def test_what_is_missing_of_what_others_claim_is_said(
    footage: Footage, name: str, changes: dict[str, object]
) -> None:
    source = footage(name, **WHOLE | changes)
    assert facts_of(source).missing_s == 0
    facts = facts_of(cut(source, 0.6))
    assert facts.missing_s == pytest.approx(SECONDS - facts.duration_s, abs=0.2) and facts.missing_s > 2


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("a.ts", {}),
        ("a.m2ts", {}),
        ("a.ogg", {"codec": "libvpx", "audio": "libopus"}),
        ("a.flv", {"container_options": {"flvflags": "no_metadata+no_duration_filesize"}}),
        ("a.mp4", {"container_options": {"movflags": "frag_keyframe+empty_moov"}}),
    ],
)
def test_what_does_not_say_how_long_it_is_breaks_off_inside_a_packet(
    footage: Footage, name: str, changes: dict[str, object]
) -> None:
    source = footage(name, **WHOLE | changes)
    whole = facts_of(source)
    assert not whole.breaks_off
    source.write_bytes(source.read_bytes() + bytes(64))
    assert not facts_of(source).breaks_off
    for share in (0.6, 0.7):
        facts = facts_of(cut(source, share))
        assert facts.breaks_off and not facts.missing_s and facts.duration_s < whole.duration_s - 1


@pytest.fixture(params=["a.mkv", "a.webm"])
def late_subtitle(footage: Footage, request: pytest.FixtureRequest) -> Path:
    """Its last subtitle is shown from well before the picture's end until long after it."""
    webm = request.param.endswith("webm")
    changes = {"codec": "libvpx", "audio": "libopus"} if webm else {}
    source = footage(f"silent-{request.param}", **WHOLE | changes)
    text = "1\n00:00:01,000 --> 00:00:02,000\nOne\n\n2\n00:00:06,000 --> 00:00:30,000\nLast\n"
    subtitle = SubtitleTrack(text, codec="webvtt" if webm else "srt")
    return add_tracks(source, source.with_name(request.param), subtitles=[subtitle])


def without_statistics(path: Path) -> Path:
    path.write_bytes(path.read_bytes().replace(b"DURATION", b"OTHERTAG"))
    return path


@pytest.mark.parametrize("change", [lambda path: path, without_statistics])
def test_a_subtitle_that_is_longer_than_the_picture_is_nothing_missing(
    late_subtitle: Path, change: Callable[[Path], Path]
) -> None:
    assert facts_of(change(late_subtitle)).missing_s == 0


def test_what_is_missing_is_that_of_the_picture_where_a_subtitle_is_longer(late_subtitle: Path) -> None:
    facts = facts_of(cut(late_subtitle, 0.6))
    assert facts.missing_s == pytest.approx(SECONDS - facts.duration_s, abs=0.2) and facts.missing_s > 2


def test_what_breaks_off_is_not_taken_for_a_longer_subtitle(late_subtitle: Path) -> None:
    assert facts_of(cut(without_statistics(late_subtitle), 0.75)).missing_s > 2


def test_what_is_missing_of_sound_alone_is_said(tmp_path: Path) -> None:
    source = make_sound(tmp_path / "a.mka", "aac", seconds=SECONDS)
    assert facts_of(source).missing_s == 0
    facts = facts_of(cut(source, 0.6))
    assert facts.missing_s == pytest.approx(SECONDS - facts.duration_s, abs=0.2) and facts.missing_s > 2


def test_a_length_that_is_off_is_nothing_missing(footage: Footage) -> None:
    assert facts_of(claim_duration(footage("a.mp4"), 2)).missing_s == 0


def test_what_breaks_off_before_its_first_frame_is_truncated(footage: Footage) -> None:
    source = footage("a.mp4", **WHOLE, **INDEX_FIRST)
    source.write_bytes(source.read_bytes()[: samples_begin(source) + 100])
    with pytest.raises(Unprocessable) as caught:
        facts_of(source)
    assert caught.value.code == "truncated"


def test_what_will_break_off_is_not_begun_before_it_is_whole(footage: Footage, tmp_path: Path) -> None:
    source = cut(footage("a.mp4", **WHOLE, **INDEX_FIRST), 0.667)
    with trickling(source, tmp_path, 0.5) as trickle:
        (found,) = probe.probe(ProbeJob(source=str(trickle.draft), arriving=trickle.arriving))
    assert found == Obstacle(code=ObstacleCode.CUT_OFF)
