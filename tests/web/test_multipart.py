"""Forms that bring a file, however the network cuts them up."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.support.http import PATIENCE_S, connection, read_answer
from tests.support.site import HTML, Site

BOUNDARY = b"----edge"
TYPE = {"Content-Type": "multipart/form-data; boundary=----edge"}
# Everything that looks like the end of a part and is none.
TRICKY = b"\r\n--" + b"\r\n------edg\r\n" * 50 + b"\r\n------edge?" + bytes(range(256)) * 300 + b"\r\n"


def part(name: str, data: bytes, filename: str | None = None) -> bytes:
    file = f'; filename="{filename}"' if filename is not None else ""
    head = f'Content-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return b"--" + BOUNDARY + b"\r\n" + head.encode() + data + b"\r\n"


END = b"--" + BOUNDARY + b"--\r\n"


async def pieces(body: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


async def send(site: Site, body: bytes, size: int = 65_536) -> tuple[int, str]:
    """The status, and where it leads or what it says."""
    response = await site.client.post("/videos", content=pieces(body, size), headers=HTML | TYPE)
    return response.status_code, response.headers.get("Location", response.text)


@pytest.mark.parametrize("size", [1_000_000, 4_096, 257, 13])
async def test_the_file_is_what_was_sent_however_it_is_cut(site: Site, size: int) -> None:
    body = part("title", "Où".encode()) + part("file", TRICKY, "a.mp4") + END
    status, location = await send(site, body, size)
    assert status == 303
    video = await site.video(location.removeprefix("/videos/"))
    assert video.title == "Où"
    assert await site.original(video.id) == TRICKY


async def test_what_else_is_in_the_form_is_left_aside(site: Site) -> None:
    body = (
        part("other", b"x" * 1000, "other.bin")
        + part("note", b"hello")
        + part("file", b"first", "a.mp4")
        + part("file", b"second", "b.mp4")
        + END
    )
    status, location = await send(site, body)
    assert status == 303
    assert await site.original(location.removeprefix("/videos/")) == b"first"
    assert await site.titles() == ["a"]


@pytest.mark.parametrize("whole", [0, 10, 60, 120])
async def test_a_form_that_breaks_off_is_said_and_nothing_of_it_is_processed(site: Site, whole: int) -> None:
    body = (part("file", b"x" * 100, "a.mp4") + END)[:whole]
    status, said = await send(site, body)
    assert status == 400
    assert "incomplete or damaged" in said or "No file was chosen" in said
    found = (await site.client.get("/videos")).json()["videos"]
    assert [video["status"] for video in found] in ([], ["failed"])
    assert [video["error"]["code"] for video in found] in ([], ["upload_interrupted"])


async def test_an_empty_file_is_a_file(site: Site) -> None:
    status, location = await send(site, part("file", b"", "a.mp4") + END)
    assert status == 303
    assert await site.original(location.removeprefix("/videos/")) == b""


@pytest.mark.parametrize(
    "body",
    [
        part("title", b"x" * 70_000) + END,
        b"".join(part(f"field{number}", b"x") for number in range(30)) + END,
        b"no form at all",
        b"--" + BOUNDARY + b"\r\n\r\n\r\n" + END,
        b"--" + BOUNDARY + b"\r\n" + b"X: y\r\n" * 20_000,
    ],
    ids=["long field", "many fields", "no form", "no name", "endless head"],
)
async def test_what_makes_no_sense_is_refused(site: Site, body: bytes) -> None:
    status, _ = await send(site, body)
    assert status == 400
    assert await site.titles() == []


@pytest.mark.parametrize("start", [b"", b"--" + BOUNDARY + b"\r\nX: "], ids=["preamble", "head"])
async def test_what_does_not_come_to_the_point_is_not_kept_in_memory(site: Site, start: bytes) -> None:
    async with connection(site.address) as (answers, writer):
        head = f"POST /videos HTTP/1.1\r\nHost: x\r\nContent-Type: {TYPE['Content-Type']}\r\n"
        writer.write(f"{head}Content-Length: 1000000000\r\n\r\n".encode() + start)
        for _ in range(8):
            writer.write(b"x" * 1_000_000)  # and no end
        async with asyncio.timeout(PATIENCE_S):
            assert (await read_answer(answers)).status == 400


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary="])
async def test_a_form_without_a_boundary_is_refused(site: Site, kind: str) -> None:
    response = await site.client.post("/videos", content=END, headers={"Content-Type": kind})
    assert (response.status_code, response.json()["code"]) == (400, "not_a_form")


@pytest.mark.parametrize("name", ["..\\..\\evil.mp4", "/etc/evil.mp4", "../evil.mp4"])
async def test_a_file_name_is_a_name_and_no_path(site: Site, name: str) -> None:
    status, location = await send(site, part("file", b"x", name.replace("\\", "\\\\")) + END)
    assert status == 303
    assert (await site.video(location.removeprefix("/videos/"))).filename == "evil.mp4"
