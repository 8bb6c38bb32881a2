import msgspec
import pytest

from tests.support.facts import BYTES_PER_SECOND, chunk_of, facts, track
from webapp.media.answers import Chunk, Quality
from webapp.media.facts import AudioTrack
from webapp.media.segment import Track
from webapp.media.track_names import AUDIO_NAME
from webapp.pipeline.plan import Plan
from webapp.pipeline.renditions import rendition_infos


@pytest.fixture
def plan() -> Plan:
    return Plan.of(facts(30))


@pytest.fixture
def chunks(plan: Plan) -> list[Chunk]:
    return [chunk_of(plan, span.first) for span in plan.chunks]


@pytest.fixture
def pictures(plan: Plan) -> list[Track]:
    return [track(rung.name, plan, 0, len(plan.chunks)) for rung in plan.rungs]


def test_of_a_picture_its_rung_is_told_and_what_it_takes(
    plan: Plan, chunks: list[Chunk], pictures: list[Track]
) -> None:
    found = rendition_infos(plan, pictures, {}, chunks)
    assert [(each.name, each.width, each.height, each.ceiling_bps) for each in found] == [
        (rung.name, rung.width, rung.height, rung.ceiling_bps) for rung in plan.rungs
    ]
    for each in found:
        assert (each.frame_rate, each.average_bps) == (25, BYTES_PER_SECOND * 8)
        assert (each.size_bytes, each.ssim, each.language) == (BYTES_PER_SECOND * 30, None, None)


def test_sounds_that_there_are_follow_with_what_they_are_called() -> None:
    languages = ("ger", "fre", None, "eng")
    tracks = [
        AudioTrack(stream=number, codec="aac", channels=2, sample_rate=48_000, language=language)
        for number, language in enumerate(languages)
    ]
    found = msgspec.structs.replace(facts(30), picture=None, audio=tracks[0], more_audio=tracks[1:])
    segments = Plan.of(facts(30))
    sounds = {name: track(name, segments, 0, 2) for name in ("audio3", "audio2", AUDIO_NAME)}
    infos = rendition_infos(Plan.of(found), [], sounds, [])
    assert [(each.name, each.language, each.label) for each in infos] == [
        (AUDIO_NAME, "de", "German"),
        ("audio2", None, "Sound"),
        ("audio3", "en", "English"),
    ]
    assert {(each.width, each.height, each.frame_rate, each.ceiling_bps) for each in infos} == {(None,) * 4}


def test_quality_is_the_mean_over_the_frames_sampled(
    plan: Plan, chunks: list[Chunk], pictures: list[Track]
) -> None:
    for number, sums in enumerate(((2.7, 3), (0.0, 0), (0.5, 1))):
        quality = [Quality(*sums)] * len(plan.rungs)
        chunks[number] = msgspec.structs.replace(chunks[number], quality=quality)
    assert {each.ssim for each in rendition_infos(plan, pictures, {}, chunks)} == {0.8}
