"""The checker of packages: it accepts a good one, and each rule notices what breaks it."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from tests.support.video import VideoSpec, make_video
from webapp.media import iframes, playlist
from webapp.media.conformance import RULES, Finished, check
from webapp.media.iframes import IFrames
from webapp.media.message import Rational
from webapp.media.multivariant import AudioRendition, Variant, playlist as multivariant_playlist
from webapp.media.playlist import LARGEST_COMPRESSED_BYTES, MULTIVARIANT_PLAYLIST, BitRates
from webapp.media.segment import Track

from .encoding import encode_picture, encode_sound

Change = Callable[[Finished], Finished]
PICTURES, SOUND = ("360p", "240p", "144p"), "audio"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    root = tmp_path_factory.mktemp("package")
    return package_of(root, VideoSpec(width=640, height=360, seconds=9, options={"preset": "ultrafast"}))


def package_of(root: Path, spec: VideoSpec) -> Finished:
    """A package of such a video, as it is published."""
    encoded = encode_picture(make_video(root / "a.mp4", spec), root / "r1")
    sound = encode_sound(root / "a.mp4", root / "r1", encoded.facts).track
    assert sound is not None
    tracks = [rendition.track for rendition in encoded.renditions]
    variants = [
        Variant(rung, track.codec, BitRates.measured(track))
        for rung, track in zip(encoded.rungs, tracks, strict=True)
    ]
    lines = [IFrames.of(rung, track).line("r1") for rung, track in zip(encoded.rungs, tracks, strict=True)]
    heard = AudioRendition(sound.name, sound.codec, 2, BitRates.measured(sound))
    rate = encoded.facts.video.rate.fraction
    texts = {MULTIVARIANT_PLAYLIST: multivariant_playlist(variants, [heard], rate, "r1", lines)}
    for track in [*tracks, sound]:
        texts[f"r1/{track.name}/playlist.m3u8"] = playlist.media(track.timescale, track.segments, ended=True)
    for track in tracks:
        texts[f"r1/{track.name}/iframes.m3u8"] = iframes.playlist(track)
    return Finished(encoded.facts, {track.name: track for track in [*tracks, sound]}, texts)


def broken(package: Finished) -> set[str]:
    return {verdict.rule for verdict in check(package) if not verdict.passed}


def multivariant(pattern: str, text: str, count: int = 0) -> Change:
    """Replaces what matches in the multivariant playlist."""

    def change(package: Finished) -> Finished:
        before = package.texts[MULTIVARIANT_PLAYLIST]
        after = re.sub(pattern, text, before, count=count)
        assert after != before
        return replace(package, texts={**package.texts, MULTIVARIANT_PLAYLIST: after})

    return change


def lists(pattern: str, text: str, names: tuple[str, ...] = (*PICTURES, SOUND)) -> Change:
    """Replaces what matches in media playlists."""

    def change(package: Finished) -> Finished:
        texts = dict(package.texts)
        for name in names:
            uri = f"r1/{name}/playlist.m3u8"
            texts[uri] = re.sub(pattern, text, texts[uri])
        assert texts != package.texts
        return replace(package, texts=texts)

    return change


def tracks(change: Callable[[Track], Track], names: tuple[str, ...] = PICTURES) -> Change:
    """Changes what was encoded."""
    return lambda package: replace(
        package, tracks={name: change(t) if name in names else t for name, t in package.tracks.items()}
    )


def segments(**changes: Callable[[msgspec.Struct], object]) -> Callable[[Track], Track]:
    """Changes the last segment of a track."""

    def change(track: Track) -> Track:
        *others, last = track.segments
        last = msgspec.structs.replace(last, **{name: of(last) for name, of in changes.items()})
        return msgspec.structs.replace(track, segments=[*others, last])

    return change


def at_half_the_rate(package: Finished) -> Finished:
    video = msgspec.structs.replace(package.facts.video, rate=Rational(25, 2))
    return replace(package, facts=msgspec.structs.replace(package.facts, picture=video))


def without_keyframes(track: Track) -> Track:
    return segments(keyframes=lambda last: last.keyframes[:1])(track)  # type: ignore[attr-defined]


def in_other_segments(track: Track) -> Track:
    later = [msgspec.structs.replace(each, start=each.start + 1) for each in track.segments]
    return msgspec.structs.replace(track, segments=later)


def coded(codec: str) -> Callable[[Track], Track]:
    return lambda track: msgspec.structs.replace(track, codec=codec)


SOUND_ALONE = (
    '#EXT-X-STREAM-INF:BANDWIDTH=9,AVERAGE-BANDWIDTH=9,CODECS="mp4a.40.2",AUDIO="audio"\n'
    f"r1/{SOUND}/playlist.m3u8\n"
)
STREAM = r"(#EXT-X-STREAM-INF:.*\n.*\n)"
BREAKS: dict[str, Change] = {
    "The picture is H.264 of": tracks(coded("avc1.64003e")),
    "Some variant is of": tracks(coded("avc1.640032")),
    "Keyframes (IDR) come": tracks(without_keyframes),
    "The picture is deinterlaced": tracks(lambda track: msgspec.structs.replace(track, progressive=False)),
    "There are no more than 60": multivariant("FRAME-RATE=25.000", "FRAME-RATE=100.000"),
    "The frame rate is the natural": at_half_the_rate,
    "All variants have one": multivariant("RESOLUTION=640x360", "RESOLUTION=640x480"),
    "The first variant is": multivariant(f"{STREAM}{STREAM}", r"\2\1", count=1),
    "The average bit rate": multivariant(r"AVERAGE-BANDWIDTH=(\d)", r"AVERAGE-BANDWIDTH=1\1"),
    "The peak bit rate": multivariant(r":BANDWIDTH=(\d)", r":BANDWIDTH=1\1"),
    "The peak is at most": tracks(segments(size=lambda last: last.size * 20)),  # type: ignore[attr-defined]
    "BANDWIDTH holds": multivariant(r":BANDWIDTH=\d+", ":BANDWIDTH=1"),
    "One variant needs": multivariant(r":BANDWIDTH=(\d+)", r":BANDWIDTH=\g<1>000"),
    "The sound is AAC-LC": multivariant('CHANNELS="2"', 'CHANNELS="6"'),
    "The sound takes at most": tracks(
        segments(size=lambda last: last.size * 99),  # type: ignore[attr-defined]
        (SOUND,),
    ),
    "The sound is apart": multivariant(',AUDIO="audio"', ""),
    "Each sound has a LANGUAGE": multivariant('LANGUAGE="und",', ""),
    "The sound is as long": lists(r"#EXTINF:2[.\d]*,\n.*\n", "", (SOUND,)),
    "The target duration": lists("DURATION:6", "DURATION:12"),
    "Every segment starts": tracks(segments(keyframes=lambda last: [])),
    "No segment exceeds": lists("EXTINF:2.000", "EXTINF:9.000", PICTURES),
    "Decode times go on": tracks(segments(decode=lambda last: (0, 1))),
    "The durations in a playlist": lists("EXTINF:2.000", "EXTINF:2.100", PICTURES),
    "Segments of all variants": tracks(in_other_segments, PICTURES[:1]),
    "Every variant has an I-frame": multivariant("#EXT-X-I-FRAME-STREAM-INF.*\n", "", count=1),
    "I-frame playlists are listed": multivariant(r"(#EXT-X-I-FRAME.*)CODECS=[^,]*,", r"\1"),
    "Playlists of what is complete": lists("TYPE:VOD", "TYPE:EVENT", PICTURES[:1]),
    "Fragmented MP4 has": lists("#EXT-X-MAP.*\n", "", PICTURES[:1]),
    "The multivariant playlist says": multivariant("#EXT-X-INDEPENDENT-SEGMENTS\n", ""),
    "Variants are listed with": multivariant("FRAME-RATE=25.000,", "", count=1),
    "Variants say their": multivariant("VIDEO-RANGE=SDR,CLOSED", "CLOSED"),
    "Variants agree on": multivariant(r"\Z", SOUND_ALONE),
    "There is more than one": multivariant(f"{STREAM}{STREAM}{STREAM}", r"\1"),
    "Playlists are compressed": multivariant(r"\Z", "#\n" * LARGEST_COMPRESSED_BYTES),
    "Media is served": lists("s00001", "https://elsewhere.example/s00001", PICTURES[:1]),
}


def test_a_package_of_ours_keeps_every_rule(finished: Finished) -> None:
    verdicts = check(finished)
    assert [verdict.number for verdict in verdicts] == list(range(1, len(RULES) + 1))
    assert broken(finished) == set()
    assert all(verdict.measured for verdict in verdicts)


def test_a_slide_every_ten_seconds_is_shown_at_its_natural_rate(tmp_path: Path) -> None:
    slides = package_of(tmp_path, VideoSpec(times=[*range(0, 40, 10)], rate=1, seconds=40))
    samples = sum(segment.samples for segment in slides.tracks["144p"].segments)
    assert samples > 4 and broken(slides) == set()


@pytest.mark.parametrize("rule", BREAKS)
def test_a_rule_that_is_broken_is_noticed(finished: Finished, rule: str) -> None:
    assert any(found.startswith(rule) for found in broken(BREAKS[rule](finished)))


def test_no_rule_goes_unchecked() -> None:
    assert [rule.sentence for rule in RULES if not rule.sentence.startswith(tuple(BREAKS))] == []
