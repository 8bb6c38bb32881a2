import asyncio
from pathlib import Path

import msgspec
import pytest

from tests.support import hls
from tests.support.facts import BYTES_PER_SECOND, facts, rung_tracks, track
from webapp.media.message import Rational
from webapp.media.track_names import AUDIO_NAME
from webapp.pipeline.package import Package
from webapp.pipeline.plan import Plan
from webapp.storage.local import LocalStorage

VIDEO = "a-video"


@pytest.fixture
def plan() -> Plan:
    return Plan.of(facts(30))


@pytest.fixture
def package(storage: LocalStorage, plan: Plan) -> Package:
    return Package(storage, VIDEO, 1, plan)


@pytest.fixture
def written(tmp_path: Path) -> hls.Package:
    """What a player would read of it."""
    return hls.Package.stored(tmp_path, VIDEO)


def test_the_frontier_waits_for_chunks_that_are_late(package: Package, plan: Plan) -> None:
    seen = []
    for number in (1, 0, 4, 2, 3):
        package.add_chunk(number, rung_tracks(plan, number))
        seen.append(package.frontier)
    assert seen == [0, 2, 2, 3, 5]


def test_nothing_is_playable_without_its_sound(package: Package, plan: Plan) -> None:
    assert not package.playable
    package.add_chunk(0, rung_tracks(plan, 0))
    assert not package.playable
    package.add_audio(track(AUDIO_NAME, plan, 0))
    assert package.playable


def test_only_the_main_sound_has_to_be_there(storage: LocalStorage) -> None:
    found = facts(30)
    assert found.audio is not None
    plan = Plan.of(msgspec.structs.replace(found, more_audio=[found.audio, found.audio]))
    package = Package(storage, VIDEO, 1, plan)
    package.add_chunk(0, rung_tracks(plan, 0))
    package.add_audio(track("audio1", plan, 0))
    assert not package.playable
    package.add_audio(track(AUDIO_NAME, plan, 0))
    assert package.playable


def test_sound_alone_is_not_playable(package: Package, plan: Plan) -> None:
    package.add_audio(track(AUDIO_NAME, plan, 0, 5))
    package.add_chunk(1, rung_tracks(plan, 1))
    assert not package.playable


def test_a_video_without_sound_is_playable_from_its_first_chunk(package: Package, plan: Plan) -> None:
    package.end_audio(AUDIO_NAME)
    assert not package.playable
    package.add_chunk(0, rung_tracks(plan, 0))
    assert package.playable


async def test_no_rendition_is_listed_beyond_the_gap(
    package: Package, plan: Plan, written: hls.Package
) -> None:
    package.add_audio(track(AUDIO_NAME, plan, 0, 2))
    for number in (0, 1, 3):
        package.add_chunk(number, rung_tracks(plan, number))
    await package.write(ended=False)
    for variant in written.variants:
        media = written.media(variant.uri)
        assert [Path(name).name for name in media.segments] == ["s00000.m4s", "s00001.m4s"]
        assert (media.kind, media.ended) == ("EVENT", False)


async def test_sound_that_is_told_of_twice_is_listed_once(
    package: Package, plan: Plan, written: hls.Package
) -> None:
    package.add_chunk(0, rung_tracks(plan, 0))
    package.add_audio(track(AUDIO_NAME, plan, 0, 2))
    package.add_audio(track(AUDIO_NAME, plan, 1, 2))
    package.add_audio(track(AUDIO_NAME, plan, 0, 5))
    await package.write(ended=False)
    assert written.audio
    assert [Path(name).name for name in written.media(written.audio).segments] == [
        f"s0000{number}.m4s" for number in range(5)
    ]


async def test_what_comes_while_lists_are_stored_is_listed_the_next_time(
    storage: LocalStorage, plan: Plan, written: hls.Package
) -> None:
    found = plan.facts
    assert found.audio is not None
    alone = msgspec.structs.replace(found, picture=None, more_audio=[found.audio])
    package = Package(storage, VIDEO, 1, Plan.of(alone))
    package.add_audio(track(AUDIO_NAME, plan, 0, 2))
    writing = asyncio.create_task(package.write())
    await asyncio.sleep(0)  # it is at the first file by now
    package.add_audio(track(AUDIO_NAME, plan, 2))
    package.end_audio(AUDIO_NAME)
    package.add_audio(track("audio1", plan, 0))
    await writing
    (variant,) = written.sound_variants
    listed = written.media(variant.uri)
    assert len(listed.segments) == 2 and not listed.ended and written.sounds == []
    await package.write()
    listed = written.media(variant.uri)
    assert len(listed.segments) == 3 and listed.ended and len(written.sounds) == 2


async def test_the_finished_package_is_vod_with_the_rates_it_really_has(
    package: Package, plan: Plan, written: hls.Package
) -> None:
    package.end_audio(AUDIO_NAME)
    for chunk in plan.chunks:
        busy = 3 if chunk.first == 2 else 1
        tracks = [track(rung.name, plan, chunk.first, scale=busy) for rung in plan.rungs]
        package.add_chunk(chunk.first, tracks)
    await package.write(ended=False)
    announced = [variant.attributes["BANDWIDTH"] for variant in written.variants]
    assert announced == [str(rung.ceiling_bps) for rung in plan.rungs]
    await package.write(ended=True)
    for variant in written.variants:
        media = written.media(variant.uri)
        assert (media.kind, media.ended, len(media.segments)) == ("VOD", True, len(plan.chunks))
        assert variant.attributes["BANDWIDTH"] == str(3 * BYTES_PER_SECOND * 8)
        average = BYTES_PER_SECOND * 8 * (30 + 2 * 6) / 30
        assert int(variant.attributes["AVERAGE-BANDWIDTH"]) == pytest.approx(average, abs=1)


async def test_rates_of_variants_hold_for_picture_and_sound(
    package: Package, plan: Plan, written: hls.Package
) -> None:
    package.add_audio(track(AUDIO_NAME, plan, 0, len(plan.chunks)))
    for chunk in plan.chunks:
        package.add_chunk(chunk.first, rung_tracks(plan, chunk.first))
    await package.write(ended=True)
    for variant in written.variants:
        assert variant.attributes["BANDWIDTH"] == str(2 * BYTES_PER_SECOND * 8)


def test_a_chunk_that_does_not_fit_the_others_is_refused(package: Package, plan: Plan) -> None:
    package.add_chunk(0, rung_tracks(plan, 0))
    strange = [track(rung.name, plan, 1) for rung in reversed(plan.rungs)]
    with pytest.raises(RuntimeError, match="initialisation segment"):
        package.add_chunk(1, strange)


async def test_the_frame_rate_is_the_highest_that_is_shown(
    package: Package, plan: Plan, written: hls.Package
) -> None:
    package.end_audio(AUDIO_NAME)
    for chunk in plan.chunks:
        rate = Rational(60 if chunk.first == 2 else 10, 1)
        tracks = [
            msgspec.structs.replace(
                one, segments=[msgspec.structs.replace(each, fastest=rate) for each in one.segments]
            )
            for one in rung_tracks(plan, chunk.first)
        ]
        package.add_chunk(chunk.first, tracks)
    await package.write(ended=True)
    assert {variant.attributes["FRAME-RATE"] for variant in written.variants} == {"60.000"}


async def test_picture_and_sound_have_one_target_duration(
    package: Package, plan: Plan, written: hls.Package
) -> None:
    sound = track(AUDIO_NAME, plan, 0, len(plan.chunks))
    longer = msgspec.structs.replace(sound.segments[-1], duration=round(8.2 * sound.timescale))
    package.add_audio(msgspec.structs.replace(sound, segments=[*sound.segments[:-1], longer]))
    for chunk in plan.chunks:
        package.add_chunk(chunk.first, rung_tracks(plan, chunk.first))
    await package.write(ended=True)
    for uri in written.renditions:
        assert "#EXT-X-TARGETDURATION:8\n" in written.read(uri).decode()
