"""Subtitles of every format that is text, at the time when they are shown."""

from pathlib import Path

import pytest

from tests.conftest import Samples
from tests.support.tracks import SubtitleTrack, add_tracks
from webapp.media import subtitles
from webapp.media.answers import Subtitles
from webapp.media.jobs import SubtitlesJob
from webapp.media.subtitle_playlist import SEGMENT_NAME, subtitle_name

from .encoding import facts_of
from .tampering import overwrite

SRT = """1
00:00:01,000 --> 00:00:02,500
First <i>line</i>

2
00:00:04,000 --> 00:00:06,000
Second & third
on two lines

3
00:00:08,000 --> 00:00:30,000
Longer than the picture
"""
FOUND = """WEBVTT
X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000

00:00:01.000 --> 00:00:02.500
First <i>line</i>

00:00:04.000 --> 00:00:06.000
Second &amp; third
on two lines

00:00:08.000 --> 00:00:09.000
Longer than the picture
"""


def extracted(source: Path, folder: Path) -> list[str]:
    """The file of each track; "" of one without a cue."""
    facts = facts_of(source)
    job = SubtitlesJob(source=str(source), folder=str(folder), facts=facts)
    (answer,) = subtitles.extract(job)
    assert isinstance(answer, Subtitles)
    assert answer.damaged == 0
    files = [folder / subtitle_name(number) / SEGMENT_NAME for number in range(len(answer.cues))]
    assert [file.exists() for file in files] == [count > 0 for count in answer.cues]
    return [file.read_text() if file.exists() else "" for file in files]


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.mkv", "srt"), ("a.mkv", "ass"), ("a.mkv", "webvtt"), ("a.mp4", "mov_text"), ("a.mov", "mov_text")],
)
def test_text_of_every_format_becomes_the_same_webvtt(
    small_video: Path, tmp_path: Path, name: str, codec: str
) -> None:
    source = add_tracks(small_video, tmp_path / name, subtitles=[SubtitleTrack(SRT, "eng", codec=codec)])
    assert extracted(source, tmp_path / "out") == [FOUND]


def test_what_is_no_markup_in_srt_is_text(small_video: Path, tmp_path: Path) -> None:
    srt = SRT.replace("First <i>line</i>", "<b>a < b > c</b> & d <sighs>")
    source = add_tracks(small_video, tmp_path / "a.mkv", subtitles=[SubtitleTrack(srt, codec="copy")])
    (found,) = extracted(source, tmp_path / "out")
    assert "\n<b>a &lt; b &gt; c</b> &amp; d &lt;sighs&gt;\n" in found


def test_srt_in_another_encoding_is_counted_as_damaged(small_video: Path, tmp_path: Path) -> None:
    tracks = [SubtitleTrack(SRT, codec="copy")]
    source = overwrite(add_tracks(small_video, tmp_path / "a.mkv", subtitles=tracks), b"Firs", 3, b"\xe9")
    job = SubtitlesJob(source=str(source), folder=str(tmp_path / "out"), facts=facts_of(source))
    assert list(subtitles.extract(job)) == [Subtitles(cues=[2], damaged=1)]


def test_each_track_is_its_own_with_what_its_container_says(small_video: Path, tmp_path: Path) -> None:
    other = SRT.replace("First", "Erste")
    tracks = [
        SubtitleTrack(SRT, "eng", "For all", disposition="hearing_impaired"),
        SubtitleTrack(other, "ger", disposition="forced"),
    ]
    source = add_tracks(small_video, tmp_path / "a.mkv", subtitles=tracks)
    found = facts_of(source).subtitles
    assert [(track.language, track.title) for track in found] == [("eng", "For all"), ("ger", None)]
    assert [(track.forced, track.described) for track in found] == [(False, True), (True, False)]
    assert extracted(source, tmp_path / "out") == [FOUND, FOUND.replace("First", "Erste")]


def test_pictures_are_counted_and_left_out(small_video: Path, tmp_path: Path) -> None:
    tracks = [SubtitleTrack(SRT), SubtitleTrack(SRT, codec="ass")]
    source = add_tracks(small_video, tmp_path / "a.mkv", subtitles=tracks)
    source.write_bytes(source.read_bytes().replace(b"S_TEXT/ASS", b"S_HDMV/PGS"))
    facts = facts_of(source)
    assert (len(facts.subtitles), facts.other_subtitles) == (1, 1)
    assert extracted(source, tmp_path / "out") == [FOUND]


def test_subtitles_of_a_real_file(sample: Samples, tmp_path: Path) -> None:
    (found,) = extracted(sample("ssa_subtitles.mkv"), tmp_path)
    assert "This is the first subtitle." in found
