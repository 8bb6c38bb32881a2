"""When what stands in for the ladder can be watched, by whether its sound is copied, encoded or not there."""

from pathlib import Path

import msgspec

from tests.support import hls
from tests.support.facts import facts, track
from webapp.media.obstacles import Copying
from webapp.media.track_names import AUDIO_NAME, COPY_AUDIO_NAME, COPY_NAME
from webapp.pipeline.plan import Plan
from webapp.pipeline.stand_in import StandIn
from webapp.storage.local import LocalStorage

VIDEO = "a-video"
PLAN = Plan.of(facts(30))
PICTURE, ENCODED, COPIED = (track(name, PLAN, 0, 2) for name in (COPY_NAME, AUDIO_NAME, COPY_AUDIO_NAME))


def package(storage: LocalStorage, *, audio: bool = True, sound_copied: bool) -> StandIn:
    copying = Copying(sound=sound_copied, average_bps=1_000_000)
    found = StandIn.of(storage, VIDEO, 1, Plan.of(facts(30, audio=audio, copying=copying)))
    assert found
    return found


def test_sound_that_is_copied_is_waited_for_whatever_else_is_encoded(storage: LocalStorage) -> None:
    copy = package(storage, sound_copied=True)
    copy.add(PICTURE)
    copy.add_audio(ENCODED)
    copy.end_audio(AUDIO_NAME)
    assert not copy.needs_sound and not copy.playable and copy.sound is None
    copy.add(COPIED)
    assert copy.playable and not copy.complete
    copy.end()
    assert copy.complete


def test_sound_that_cannot_be_copied_is_the_main_one_as_encoded(storage: LocalStorage) -> None:
    copy = package(storage, sound_copied=False)
    copy.add(PICTURE)
    copy.add_audio(msgspec.structs.replace(ENCODED, name="audio1"))
    copy.end_audio("audio1")
    assert copy.needs_sound and not copy.playable
    copy.add_audio(ENCODED)
    copy.end()
    assert copy.playable and not copy.complete
    copy.end_audio(AUDIO_NAME)
    assert copy.complete


def test_without_any_sound_to_be_had_the_picture_is_enough(storage: LocalStorage) -> None:
    silent, broken = package(storage, audio=False, sound_copied=False), package(storage, sound_copied=False)
    broken.end_audio(AUDIO_NAME)
    for copy in (silent, broken):
        assert not copy.playable
        copy.add(PICTURE)
        assert copy.playable and not copy.complete
        copy.end()
        assert copy.complete
    assert not silent.needs_sound


async def test_the_list_of_each_ends_with_it(storage: LocalStorage, tmp_path: Path) -> None:
    copy, written = package(storage, sound_copied=False), hls.Package.stored(tmp_path, VIDEO)
    copy.add(PICTURE)
    copy.add_audio(ENCODED)
    ends = []
    for end in (copy.end, lambda: copy.end_audio(AUDIO_NAME)):
        end()
        await copy.write()
        assert written.audio
        ends.append((written.media(written.variants[0].uri).ended, written.media(written.audio).ended))
        assert await copy.listed() == 2
    assert ends == [(True, False), (True, True)]
