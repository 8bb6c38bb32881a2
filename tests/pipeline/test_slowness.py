"""Why a run is slow."""

from typing import Any

import msgspec
import pytest

from tests.support.facts import facts
from tests.support.working import Working
from webapp.media.facts import Facts
from webapp.pipeline.journal import Journal
from webapp.pipeline.slowness import because, in_the_past


def source(width: int = 640, height: int = 360, rate: int = 25, bit_rate_bps: int = 0, **track: Any) -> Facts:
    found = facts(60, width=width, height=height, rate=rate)
    return msgspec.structs.replace(
        found, picture=msgspec.structs.replace(found.video, **track), bit_rate_bps=bit_rate_bps
    )


@pytest.mark.parametrize(
    ("costly", "said"),
    [
        (source(3840, 2160), "its picture is 4K, four times as much as 1080p"),
        (source(2160, 3840), "its picture is 4K"),
        (source(4096, 2160), "its picture is 4K, four times as much as 1080p"),
        (source(5120, 2880), "its picture is 5120 × 2880, 7 times as much as 1080p"),
        (source(7680, 4320), "its picture is 7680 × 4320, 16 times as much as 1080p"),
        (source(2560, 1440), "its picture is large, 2560 × 1440"),
        (source(1920, 1080), "its picture is 1080p"),
        (source(rate=60), "it has 60 frames a second"),
        (source(codec="hevc"), "it is HEVC, which takes long to decode"),
        (source(codec="hevc", deep=True), "it is HEVC, with 10 bits a colour"),
        (source(hdr=True), "it is HDR"),
        (source(interlaced=True), "it is interlaced"),
        (source(bit_rate_bps=120_000_000), "its bit rate is high, 120.0 Mbit/s"),
        (source(), "the machine is busy"),
    ],
)
def test_one_sentence_says_what_costs_the_time(costly: Facts, said: str) -> None:
    sentence = because(costly, 0.4)
    assert sentence and said in sentence
    assert sentence.endswith(".") and "\n" not in sentence


def test_of_several_reasons_the_costliest_are_named_together() -> None:
    sentence = because(source(3840, 2160, 60, codec="hevc", deep=True, hdr=True), 0.1)
    assert sentence and sentence.index("HDR") < sentence.index("4K") < sentence.index(" and it has 60 frames")


@pytest.mark.parametrize("speed", [None, 1.0, 3.0])
def test_nobody_asks_why_while_it_is_fast_enough(speed: float | None) -> None:
    assert because(source(3840, 2160), speed) is None


def test_sound_alone_is_slow_only_for_the_machine() -> None:
    sound = Facts(container="mp3", duration_s=60, audio=facts().audio)
    assert "machine" in (because(sound, 0.5) or "")


async def test_the_api_and_the_page_say_it_and_no_longer_once_it_is_fast(idle: Working) -> None:
    video_id = await idle.upload(b"any")
    journal = Journal(idle.parts.history, video_id, 1)
    await journal.begin()
    why = because(source(3840, 2160), 0.4)
    assert why
    await journal.tick(10, {}, 0.4, 100, why)
    await journal.tick(11, {}, None, None)
    page = await idle.app.test_client().get(f"/videos/{video_id}", headers={"Accept": "text/html"})
    assert why in await page.get_data(as_text=True)
    assert (await idle.document(video_id))["slowBecause"] == why
    await journal.tick(12, {}, 1.4, 100)
    assert "slowBecause" not in await idle.document(video_id)


@pytest.mark.parametrize("costly", [source(3840, 2160, hdr=True), source()])
async def test_once_the_run_is_over_it_is_told_as_what_was(idle: Working, costly: Facts) -> None:
    video_id = await idle.upload(b"any")
    journal = Journal(idle.parts.history, video_id, 1)
    await journal.begin()
    why = because(costly, 0.4)
    assert why
    await journal.tick(10, {}, 0.4, 100, why)
    await journal.ready([])
    document, page = await idle.document(video_id), await idle.page(video_id)
    assert document["slowBecause"] == in_the_past(why) != why
    assert in_the_past(why) in page and why not in page
