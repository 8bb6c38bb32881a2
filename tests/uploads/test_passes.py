"""Passes: who may upload a file, for which video and until when."""

from collections.abc import Callable

import pytest

from tests.support.desk import Desk
from tests.support.waiting import until
from webapp.errors import Forbidden
from webapp.uploads.passes import Announced, Passes


async def test_a_pass_lets_its_video_in(desk: Desk) -> None:
    for process, size in ((True, None), (False, 18)):
        video = await desk.uploads.create("x.mp4", size=size)
        token = desk.uploads.passes.issue(video, process).token
        assert desk.uploads.passes.check(video.id, token) == Announced(process, size)


async def test_a_pass_is_for_one_video(desk: Desk) -> None:
    one, two = await desk.uploads.create("one"), await desk.uploads.create("two")
    with pytest.raises(Forbidden) as caught:
        desk.uploads.passes.check(two.id, desk.uploads.passes.issue(one, True).token)
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
        desk.uploads.passes.check(video.id, tamper(desk.uploads.passes.issue(video, False).token))


async def test_a_pass_of_another_installation_is_none(desk: Desk) -> None:
    video = await desk.uploads.create("x.mp4")
    other = Passes("another key", lasts_s=60)
    with pytest.raises(Forbidden):
        desk.uploads.passes.check(video.id, other.issue(video, False).token)


async def test_a_pass_expires(desk: Desk) -> None:
    passes = Passes("a key", lasts_s=1)
    video = await desk.uploads.create("x.mp4")
    token = passes.issue(video, False).token
    assert not passes.check(video.id, token).process

    def refused() -> bool:
        try:
            passes.check(video.id, token)
        except Forbidden:
            return True
        return False

    await until(refused)
