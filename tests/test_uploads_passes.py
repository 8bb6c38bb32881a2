"""Passes: who may upload a file, for which video and until when."""

from collections.abc import Callable

import pytest

from tests.support.desk import Desk
from tests.support.waiting import until
from webapp.config import Settings
from webapp.errors import Forbidden
from webapp.uploads import Uploads


async def test_a_pass_lets_its_video_in(desk: Desk) -> None:
    video = await desk.uploads.create("x.mp4")
    for process in (True, False):
        token = desk.uploads.issue_pass(video, process).token
        assert desk.uploads.check_pass(video.id, token) is process


async def test_a_pass_is_for_one_video(desk: Desk) -> None:
    one, two = await desk.uploads.create("one"), await desk.uploads.create("two")
    with pytest.raises(Forbidden) as caught:
        desk.uploads.check_pass(two.id, desk.uploads.issue_pass(one, True).token)
    assert caught.value.code == "bad_upload_address"


@pytest.mark.parametrize(
    "tamper",
    [
        lambda token: "",
        lambda token: "x",
        lambda token: token[:-1],
        lambda token: token + "A",
        lambda token: token.swapcase(),
        lambda token: "A" + token[1:],
        lambda token: ".".join(reversed(token.split("."))),
        lambda token: "é\ufffd\0",
        lambda token: "." * 10_000,
    ],
)
async def test_a_pass_that_was_tampered_with_is_none(desk: Desk, tamper: Callable[[str], str]) -> None:
    video = await desk.uploads.create("x.mp4")
    with pytest.raises(Forbidden):
        desk.uploads.check_pass(video.id, tamper(desk.uploads.issue_pass(video, False).token))


async def test_a_pass_of_another_installation_is_none(desk: Desk, settings: Settings) -> None:
    video = await desk.uploads.create("x.mp4")
    other = Uploads(settings, "another key", desk.station.db, desk.station.history, desk.storage)
    with pytest.raises(Forbidden):
        desk.uploads.check_pass(video.id, other.issue_pass(video, False).token)


async def test_a_pass_expires(desk: Desk, settings: Settings) -> None:
    brief = settings.model_copy(update={"upload_url_ttl_s": 1})
    uploads = Uploads(brief, "a key", desk.station.db, desk.station.history, desk.storage)
    video = await desk.uploads.create("x.mp4")
    token = uploads.issue_pass(video, False).token
    assert uploads.check_pass(video.id, token) is False

    def refused() -> bool:
        try:
            uploads.check_pass(video.id, token)
        except Forbidden:
            return True
        return False

    await until(refused, within_s=10)
