"""When a picture ends that an edit list ends early, as phones and QuickTime cut without encoding."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.trickle import trickling
from webapp.media.aac import FRAME_SAMPLES, SAMPLE_RATE
from webapp.media.facts import Facts
from webapp.media.obstacles import ObstacleCode

from .copying import copy_of
from .decoding import Rendition
from .encoding import claims_of, encode_picture, encode_sound, facts_of
from .tampering import trim_end, trim_start

Footage = Callable[..., Path]

RATE = 25
# One that is not reordered can be cut anywhere; of others frames behind the cut may be needed before it.
FOOTAGE = {"rate": RATE, "seconds": 6, "audio": "aac", "options": {"bf": "0"}}
REORDERED = {"options": {"bf": "2", "b-pyramid": "none"}}
INDEX_FIRST = {"container_options": {"movflags": "faststart"}}


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("a.mp4", {"gop": 25}),
        ("a.mp4", {"gop": 250}),
        ("a.mp4", {"gop": 25, **REORDERED}),
        ("a.mov", {"gop": 250, **REORDERED}),
    ],
)
@pytest.mark.parametrize("until_s", [3, 2.52])
def test_nothing_is_shown_for_what_lies_behind_the_last_edit(
    footage: Footage, tmp_path: Path, name: str, changes: dict[str, object], until_s: float
) -> None:
    source = trim_end(footage(name, **FOOTAGE | changes), [until_s, until_s])
    facts = facts_of(source)
    assert facts.duration_s == until_s
    assert encode_picture(source, tmp_path, facts, smallest=True).top.numbers == list(
        range(round(until_s * RATE))
    )
    sound = encode_sound(source, tmp_path, facts).track
    assert sound
    samples = Rendition(tmp_path, sound).wave().shape[1]
    assert 0 <= samples - until_s * SAMPLE_RATE <= FRAME_SAMPLES


def test_what_begins_and_ends_by_an_edit_list_is_as_long_as_that_says(footage: Footage) -> None:
    source = trim_start(trim_end(footage("a.mp4", **FOOTAGE, gop=250), [4, 4]), 1)
    assert facts_of(source).duration_s == 3


@pytest.mark.parametrize("until_s", [3, 3.4, 4])
def test_sound_ends_where_its_last_edit_does_and_not_its_last_packet(
    footage: Footage, tmp_path: Path, until_s: float
) -> None:
    source = trim_end(footage("a.mp4", **FOOTAGE, gop=25), [until_s, until_s], begin_s=1)
    facts = facts_of(source)
    assert facts.duration_s == pytest.approx(until_s - 1)
    sound = encode_sound(source, tmp_path, facts).track
    assert sound
    samples = Rendition(tmp_path, sound).wave().shape[1]
    assert 0 <= samples - round((until_s - 1) * SAMPLE_RATE) < FRAME_SAMPLES


def test_the_last_frame_is_not_held_for_sound_behind_the_last_edit(footage: Footage) -> None:
    facts = facts_of(trim_end(footage("a.mp4", **FOOTAGE, gop=25), [4, 2]))
    assert facts.duration_s == 4 and not facts.video.held
    facts = facts_of(trim_end(footage("b.mp4", **FOOTAGE, gop=25), [2, 4]))
    assert facts.duration_s == pytest.approx(4, abs=FRAME_SAMPLES / SAMPLE_RATE) and facts.video.held


def test_what_is_cut_behind_all_that_it_needs_is_copied_up_to_there(footage: Footage, tmp_path: Path) -> None:
    source = trim_end(footage("a.mp4", **FOOTAGE, gop=25), [3.2, 3.2])
    copies = copy_of(source, tmp_path)
    assert copies.obstacle is None and copies.picture.numbers == list(range(80))
    assert copies.picture.end() == pytest.approx(3.2)
    assert copies.sound.end() == pytest.approx(3.2, abs=FRAME_SAMPLES / SAMPLE_RATE)


def test_what_needs_frames_behind_the_cut_is_not_copied(footage: Footage, tmp_path: Path) -> None:
    source = trim_end(footage("a.mp4", **FOOTAGE | REORDERED, gop=25), [2.52, 2.52])
    copies = copy_of(source, tmp_path)
    assert copies.obstacle and copies.obstacle.code == ObstacleCode.EDITED
    numbers = copies.picture.numbers
    assert numbers == list(range(len(numbers))) and len(numbers) <= 63


def test_while_it_arrives_it_claims_the_same_length(footage: Footage, tmp_path: Path) -> None:
    source = trim_end(footage("a.mp4", **FOOTAGE, **INDEX_FIRST, gop=25), [3, 3])
    with trickling(source, tmp_path, 0.7) as trickle:
        claimed = claims_of(trickle)
        assert isinstance(claimed, Facts)
        assert not trickle.complete
    assert claimed.duration_s == facts_of(source).duration_s == 3
