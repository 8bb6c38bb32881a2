"""Matroska that begins before zero, as cutting without encoding leaves it: all frames are there, in sync."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from tests.support.trickle import trickling
from tests.support.video import noisy_frame
from webapp.media import copy
from webapp.media.answers import Copied
from webapp.media.facts import Facts
from webapp.media.jobs import CopyJob

from .copying import copy_of
from .decoding import Rendition, assert_joined
from .encoding import claims_of, encode_picture, encode_sound, facts_of
from .hearing import beeps
from .tampering import forget_sizes

Footage = Callable[..., Path]

RATE, SECONDS = 25, 8
IN_SYNC_S = 0.02
ENOUGH_TO_TELL = 0.7


def early(footage: Footage, begin_s: float, times: list[int], **changes: object) -> Path:
    """Frames at so many hundredths of a second behind a beginning that may be before zero."""
    begin = round(begin_s * 100)
    looks: dict[str, object] = {"audio": "aac", "gop": 50, "options": {"bf": "3"}} | changes
    return footage(
        "a.mkv",
        times=[begin + time for time in times],
        time_base=Fraction(1, 100),
        rate=RATE,
        sound_spans_s=[(begin_s, begin_s + SECONDS)],
        container_options={"avoid_negative_ts": "disabled"},
        **looks,
    )


EVEN = [number * 100 // RATE for number in range(RATE * SECONDS)]
UNEVEN = [time + number % 3 for number, time in enumerate(EVEN)]


@pytest.mark.parametrize("times", [EVEN, UNEVEN])
@pytest.mark.parametrize("begin_s", [0.0, -0.3, -1.0, -3.1, -7.5])
def test_what_comes_before_zero_is_there_in_sync(
    footage: Footage, tmp_path: Path, begin_s: float, times: list[int]
) -> None:
    source = early(footage, begin_s, times)
    picture = encode_picture(source, tmp_path / "out", smallest=True)
    assert picture.top.numbers == list(range(len(times)))
    assert [float(second) for second in picture.top.times] == pytest.approx(
        [time / 100 for time in times], abs=0.0015
    )
    assert_joined(picture.top)
    assert not any(chunk.damaged or chunk.missing_s for chunk in picture.chunks)
    track = encode_sound(source, tmp_path / "out", picture.facts).track
    assert track is not None
    seconds = [-begin_s % 1 + number for number in range(SECONDS)]
    assert beeps(Rendition(tmp_path / "out", track).wave()) == pytest.approx(seconds, abs=IN_SYNC_S)


def test_it_is_copied_from_there_on(footage: Footage, tmp_path: Path) -> None:
    copies = copy_of(early(footage, -3.1, EVEN), tmp_path / "out")
    assert copies.obstacle is None
    assert copies.picture.numbers == list(range(len(EVEN)))


def test_no_other_times_are_told_where_clusters_do_not_say_how_large_they_are(
    footage: Footage, tmp_path: Path
) -> None:
    """Sizes of two bytes, and not of eight as while a recording goes on, can be unknown, too."""
    source = forget_sizes(footage("a.webm", codec="libvpx", audio="libopus", gop=10))
    assert encode_picture(source, tmp_path, smallest=True).top.numbers == list(range(66))


@pytest.mark.parametrize("begin_s", [0.0, -0.3, -3.1])
def test_an_upload_that_arrives_says_no_other_times(footage: Footage, tmp_path: Path, begin_s: float) -> None:
    source = early(footage, begin_s, EVEN, picture=noisy_frame)
    later = facts_of(source)
    with trickling(source, tmp_path, ENOUGH_TO_TELL) as trickle:
        facts = claims_of(trickle)
        assert not trickle.complete
        trickle.go_on()
        job = CopyJob(
            source=str(trickle.draft), folder=str(tmp_path / "out"), facts=later, arriving=trickle.arriving
        )
        *_, growing = copy.copy(job)
    assert isinstance(facts, Facts) and (facts.picture, facts.sounds) == (later.picture, later.sounds)
    copied = copy_of(source, tmp_path / "whole").picture
    assert isinstance(growing, Copied) and growing.obstacle is None
    numbers = Rendition(tmp_path / "out", growing.tracks[0]).numbers
    assert numbers == copied.numbers[: len(numbers)] and numbers
