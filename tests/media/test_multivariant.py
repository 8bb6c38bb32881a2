"""What playlists promise, held against the segments that they name."""

from fractions import Fraction
from pathlib import Path

import av
import pytest

from tests.support.hls import MULTIVARIANT, Package, Variant, attributes, ffmpeg_complaints
from tests.support.video import VideoSpec, make_video
from webapp.media import multivariant, playlist
from webapp.media.facts import AudioTrack
from webapp.media.multivariant import AudioRendition, audio_renditions
from webapp.media.playlist import MEDIA_PLAYLIST, BitRates
from webapp.media.segment import Segment, Track
from webapp.media.timeline import SEGMENT_S
from webapp.media.track_names import AUDIO_NAME, COPY_AUDIO_NAME

from .encoding import encode_picture, encode_sound

LANDSCAPE = {"width": 480, "height": 270, "rate": 25, "seconds": 7, "audio": "aac"}
PORTRAIT = {"width": 200, "height": 352, "rate": 30, "seconds": 7, "audio": None}
# Times are written with six digits; a playlist as a whole is off by less.
EXACT = 1e-4


@pytest.fixture(
    scope="module", params=[LANDSCAPE, PORTRAIT], ids=["landscape with sound", "portrait without"]
)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a finished package lies."""
    root = tmp_path_factory.mktemp("hls")
    source = make_video(root / "source.mp4", VideoSpec(**request.param))
    encoded = encode_picture(source, root / "r1")
    variants = [
        multivariant.Variant(rung, rendition.track.codec, BitRates.measured(rendition.track))
        for rung, rendition in zip(encoded.rungs, encoded.renditions, strict=True)
    ]
    tracks, audio = [rendition.track for rendition in encoded.renditions], list[AudioRendition]()
    if encoded.facts.audio:
        sound = encode_sound(source, root / "r1", encoded.facts).track
        assert sound is not None
        tracks.append(sound)
        audio = audio_renditions([(sound, encoded.facts.audio, "Sound")])
    for track in tracks:
        write_media(root / "r1" / track.name, track)
    text = multivariant.playlist(variants, audio, encoded.facts.video.rate.fraction, "r1")
    (root / MULTIVARIANT).write_text(text)
    return root


@pytest.fixture
def package(folder: Path) -> Package:
    return Package(lambda name: (folder / name).read_bytes())


def write_media(folder: Path, track: Track) -> None:
    (folder / MEDIA_PLAYLIST).write_text(playlist.media(track.timescale, track.segments, ended=True))


def seconds_in(package: Package, uri: str) -> float:
    return sum(package.media(uri).durations)


def bits_in(package: Package, uri: str) -> int:
    return 8 * sum(len(package.read(name)) for name in package.media(uri).segments)


def test_codecs_are_those_of_the_init_segments(package: Package) -> None:
    for variant in package.variants:
        init = package.read(package.media(variant.uri).init)
        record = init.index(b"avcC") + 4
        wanted = [f"avc1.{init[record + 1 : record + 4].hex()}"] + (["mp4a.40.2"] if package.audio else [])
        assert variant.attributes["CODECS"].split(",") == wanted


def test_resolution_and_frame_rate_are_those_of_the_frames(package: Package, tmp_path: Path) -> None:
    for variant in package.variants:
        media = package.media(variant.uri)
        whole = tmp_path / "whole.mp4"
        whole.write_bytes(b"".join(package.read(name) for name in [media.init, *media.segments]))
        with av.open(str(whole)) as container:
            frames = list(container.decode(video=0))
        assert {f"{frame.width}x{frame.height}" for frame in frames} == {variant.attributes["RESOLUTION"]}
        rate = len(frames) / seconds_in(package, variant.uri)
        assert float(variant.attributes["FRAME-RATE"]) == pytest.approx(rate, rel=EXACT)


def test_average_bandwidth_is_that_of_picture_and_sound_together(package: Package) -> None:
    for variant in package.variants:
        wanted = sum(bits_in(package, uri) / seconds_in(package, uri) for uri in uris_of(package, variant))
        assert int(variant.attributes["AVERAGE-BANDWIDTH"]) == pytest.approx(wanted, rel=EXACT)


def test_no_usual_segment_takes_more_than_the_bandwidth(package: Package) -> None:
    for variant in package.variants:
        peak = Fraction(0)
        for uri in uris_of(package, variant):
            media = package.media(uri)
            peak += max(
                Fraction(len(package.read(name)) * 8) / Fraction(seconds)
                for name, seconds in zip(media.segments, media.durations, strict=True)
                if seconds >= SEGMENT_S / 2
            )
        assert peak <= int(variant.attributes["BANDWIDTH"]) * (1 + EXACT)


def test_segments_of_all_rungs_start_and_end_together(package: Package) -> None:
    first, *others = (package.media(variant.uri).durations for variant in package.variants)
    assert others and all(durations == first for durations in others)


def test_the_picture_keeps_its_shape_and_is_never_enlarged(package: Package) -> None:
    sizes = [tuple(map(int, variant.attributes["RESOLUTION"].split("x"))) for variant in package.variants]
    largest = max(sizes)
    assert largest in ((480, 270), (200, 352))
    for width, height in sizes:
        assert width % 2 == height % 2 == 0
        assert width / height == pytest.approx(largest[0] / largest[1], rel=0.02)


def test_sound_is_promised_where_there_is_some(package: Package) -> None:
    for variant in package.variants:
        assert ("AUDIO" in variant.attributes) == bool(package.audio)
    lines = package.read(MULTIVARIANT).decode().splitlines()
    groups = [attributes(line)["GROUP-ID"] for line in lines if line.startswith("#EXT-X-MEDIA:")]
    assert groups == ([multivariant.AUDIO_GROUP] if package.audio else [])


def test_the_ffmpeg_command_line_has_nothing_to_say(folder: Path) -> None:
    assert ffmpeg_complaints(str(folder / MULTIVARIANT)) == ""


def test_sounds_have_the_channels_they_are_played_in() -> None:
    segment = Segment(index=0, start=0, duration=1000, size=20_000, samples=47)
    sounds = [
        (
            Track(name=name, timescale=1000, codec="mp4a.40.2", init_sha256="", segments=[segment]),
            AudioTrack(stream=1, codec="aac", channels=6, sample_rate=48_000, language=language),
            name,
        )
        for name, language in ((COPY_AUDIO_NAME, "ger"), (AUDIO_NAME, "ger"), ("audio1", None))
    ]
    found = audio_renditions(sounds)
    assert [each.channels for each in found] == [6, 2, 2]
    assert [(each.label, each.language) for each in found] == [
        (COPY_AUDIO_NAME, "de"),
        (AUDIO_NAME, "de"),
        ("audio1", "und"),
    ]
    assert [each.default for each in found] == [True, False, False]
    assert {each.rates.average for each in found} == {160_000}


def uris_of(package: Package, variant: Variant) -> list[str]:
    """What is played of a variant: its picture, and the sound if there is some."""
    return [variant.uri, *([package.audio] if package.audio else [])]
