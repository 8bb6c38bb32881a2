"""Files made to harm: none reads another file or calls a host, and none takes more than it may."""

import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import pytest

from webapp.media.jobs import QUICK_PROBE_CPU_S, ProbeJob

from . import child, hostile
from .hostile import Listener
from .test_source import failure_of

Footage = Callable[..., Path]

MEBIBYTES_IN_KIBIBYTES = 1024
# A child has 100 MiB with its libraries; a picture of the largest size that is accepted, as 4:2:0, 60.
MOST_MEMORY = 400 * MEBIBYTES_IN_KIBIBYTES
# What an upload is called in storage, and what its sender may have called it.
NAMES = ["original", "video.mp4", "video.m3u8", "video.ffconcat", "video.mpd", "video.sdp", "video.ts"]


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with hostile.listening() as listener:
        yield listener


def texts(other: Path, url: str, port: int) -> dict[str, str]:
    """Scripts that name another file, or a host."""
    return {
        "playlist of a file": hostile.hls_playlist(str(other)),
        "playlist of a sibling": hostile.hls_playlist(other.name),
        "playlist of a system file": hostile.hls_playlist("/etc/passwd"),
        "playlist of a host": hostile.hls_playlist(f"{url}/segment.ts"),
        "playlist that hides a host": hostile.hls_playlist(f"concat:{url}/a.ts|{url}/b.ts"),
        "concat of a file": hostile.concat_script(str(other)),
        "concat of a sibling": hostile.concat_script(other.name),
        "concat of a host": hostile.concat_script(f"{url}/video.mp4"),
        "manifest of a host": hostile.dash_manifest(f"{url}/video.mp4"),
        "manifest of a file": hostile.dash_manifest(other.as_uri()),
        "session on the network": hostile.session_description(port),
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_script_is_not_media_whatever_it_is_called(footage: Footage, listener: Listener, name: str) -> None:
    other = footage("secret.ts", seconds=1)
    for content in texts(other, listener.url, listener.server_port).values():
        path = other.with_name(name)
        path.write_text(content)
        assert failure_of(path) == "not_media"
    assert listener.hits == []


def test_opened_without_care_such_a_script_reads_the_other_file(footage: Footage) -> None:
    # Otherwise the test above would show nothing.
    other = footage("secret.ts", seconds=1)
    script = other.with_name("video.mp4")
    script.write_text(hostile.concat_script(other.name))
    with av.open(str(script)) as container:
        assert next(container.decode(video=0)).width == 160


def test_a_script_is_refused_in_a_child_too(footage: Footage, listener: Listener) -> None:
    other = footage("secret.ts", seconds=1)
    script = other.with_name("original")
    script.write_text(hostile.concat_script(other.name))
    assert child.run(ProbeJob(source=str(script)), cwd=other.parent).failure == "not_media"
    assert listener.hits == []


def test_a_movie_whose_data_is_in_another_file_does_not_show_it(footage: Footage) -> None:
    other = footage("secret.mp4", seconds=1)
    reference = hostile.reference_movie(footage("video.mp4", seconds=1), other)
    data = reference.read_bytes()
    at = data.index(b"mdat") + 4
    length = int.from_bytes(data[at - 8 : at - 4], "big") - 8
    reference.write_bytes(data[:at] + bytes(length) + data[at + length :])
    assert failure_of(reference) == "undecodable"


def test_thousands_of_tracks_are_refused_at_once(footage: Footage) -> None:
    source = hostile.with_tracks(footage("a.mp4", seconds=1), 5000)
    assert_cheap(source, "too_many_streams")


@pytest.mark.parametrize("claimed", [64, 16_000])
def test_a_picture_of_far_too_many_pixels_is_not_decoded(tmp_path: Path, claimed: int) -> None:
    bomb = hostile.pixel_bomb(tmp_path / "bomb.mov", side=16_000, claimed=claimed)
    assert_cheap(bomb, "too_large_picture")


def test_two_pictures_a_year_apart_are_not_cut_into_segments(footage: Footage) -> None:
    assert_cheap(footage("a.mkv", rate=1, times=[0, 365 * 86_400]), "too_long")


def test_a_second_shown_again_and_again_is_not_read_as_often(footage: Footage) -> None:
    source = hostile.with_edits(footage("a.mp4", rate=25, seconds=4), 50_000)
    assert child.run(ProbeJob(source=str(source), cpu_s=QUICK_PROBE_CPU_S)).failure == "too_long"


def assert_cheap(source: Path, code: str) -> None:
    """A child refuses this for the reason that `code` names, and without taking much memory."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert child.run(ProbeJob(source=str(source))).failure == code
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= max(before, MOST_MEMORY)
