"""How long after its last byte a video can be watched, whatever its length.

    python -m benchmarks.first_play [--minutes 1 10 60] [--rounds 3]

The whole product as `rushes serve` runs it. The clock starts when the client has handed over the last byte of
the upload, and stops when a player has got the first segment of every rendition that it needs. A source that
can be copied as it is comes in several lengths; of those that cannot there are two, of which the larger one
takes so long to encode that it is watched in a sketch.
"""

import argparse
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import imageio_ffmpeg
from httpx_sse import connect_sse

from .transcode import Product

PIECE_BYTES = 1 << 20
SHORT_S, HEVC_S, UHD_S = 20, 20, 8
AS_PHONES_DO = "wpp=0:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"


@dataclass(frozen=True)
class Result:
    """Seconds from the last byte: to the event that it can be watched, and to the first segments in hand."""

    said_s: float
    first_s: float


def ffmpeg(*arguments: str) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *arguments]
    subprocess.run(command, check=True)


def short_source(folder: Path) -> Path:
    """720p30 H.264 with AAC, as cameras make it: 3 Mbit/s, a keyframe every two seconds."""
    path = folder / "short.mp4"
    picture = f"testsrc2=s=1280x720:r=30:d={SHORT_S},noise=alls=12:allf=t"
    sound = f"sine=f=440:r=48000:d={SHORT_S}"
    ffmpeg(
        *("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, "-pix_fmt", "yuv420p"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-b:v", "3M", "-g", "60", "-bf", "2"),
        *("-c:a", "aac", "-ac", "2", "-shortest", str(path)),
    )
    return path


def lengthened(short: Path, minutes: float) -> Path:
    """The same packets again and again, in a file of that length."""
    path = short.with_name(f"{minutes:g} min.mp4")
    ffmpeg(
        *("-stream_loop", "-1", "-i", str(short), "-t", str(minutes * 60)),
        *("-c", "copy", "-movflags", "faststart", str(path)),
    )
    return path


def hevc_source(folder: Path) -> Path:
    """1080p30 HEVC with AAC."""
    return _hevc(folder / "hevc.mp4", f"testsrc2=s=1920x1080:r=30:d={HEVC_S},format=yuv420p")


def uhd_source(folder: Path) -> Path:
    """2160p30 HEVC in 10 bits, HDR, with AAC: what phones record."""
    picture = f"testsrc2=s=3840x2160:r=30:d={UHD_S},noise=alls=8:allf=t,format=yuv420p10le"
    return _hevc(folder / "uhd.mp4", picture, f":{AS_PHONES_DO}")


def _hevc(path: Path, picture: str, coding: str = "") -> Path:
    ffmpeg(
        *("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", "sine", "-c:v", "libx265", "-tag:v", "hvc1"),
        *("-preset", "ultrafast", "-x265-params", f"log-level=error{coding}"),
        *("-c:a", "aac", "-ac", "2", "-shortest", str(path)),
    )
    return path


def first_play(client: httpx.Client, video: Path) -> Result:
    """Uploads, watches for the first chance to play, and takes it. The run is cancelled then."""
    last_byte = 0.0

    def pieces() -> Iterator[bytes]:
        nonlocal last_byte
        with video.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                last_byte = time.monotonic()
                yield piece

    size = {"Content-Length": str(video.stat().st_size)}
    wanted = {"filename": video.name, "process": True}
    created = client.post("/videos", json=wanted).raise_for_status().json()
    path = f"/videos/{created['videoId']}"
    client.put(created["upload"]["url"], content=pieces(), headers=size).raise_for_status()
    with connect_sse(client, "GET", f"{path}/status?last_event_id=0") as events:
        for event in events.iter_sse():
            if event.event == "done" or event.json().get("playable"):
                break
    said_s = time.monotonic() - last_byte
    fetch_beginning(client, f"{path}/hls/")
    result = Result(said_s, time.monotonic() - last_byte)
    client.delete(path).raise_for_status()
    return result


def fetch_beginning(client: httpx.Client, base: str) -> None:
    """What a player needs: the first variant, the sound, and of each the initialisation and a segment."""
    playlist = client.get(f"{base}multivariant.m3u8").raise_for_status().text.splitlines()
    variant = next(line for line in playlist if line and not line.startswith("#"))
    sounds = [line.partition('URI="')[2].rstrip('"') for line in playlist if line.startswith("#EXT-X-MEDIA")]
    for uri in (variant, *sounds):
        media = client.get(base + uri).raise_for_status().text.splitlines()
        segment = next(line for line in media if line and not line.startswith("#"))
        for name in ("init.mp4", segment):
            client.get(base + uri.rpartition("/")[0] + "/" + name).raise_for_status()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--minutes", nargs="+", type=float, default=[1, 10, 60])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        short = short_source(folder)
        product = Product(folder / "data")
        print(f"{'median of ' + str(options.rounds):24}{'MB':>10}{'said, s':>10}{'first play, s':>15}")
        try:
            for minutes in options.minutes:
                show(
                    f"720p30 H.264, {minutes:g} min",
                    product.client,
                    lengthened(short, minutes),
                    options.rounds,
                )
            show(f"1080p30 HEVC, {HEVC_S} s", product.client, hevc_source(folder), options.rounds)
            show(f"2160p30 HDR HEVC, {UHD_S} s", product.client, uhd_source(folder), options.rounds)
        finally:
            product.stop()


def show(title: str, client: httpx.Client, video: Path, rounds: int) -> None:
    results = [first_play(client, video) for _ in range(rounds)]
    said, first = (
        statistics.median(each) for each in zip(*((r.said_s, r.first_s) for r in results), strict=True)
    )
    print(f"{title:24}{video.stat().st_size / 1e6:10.0f}{said:10.2f}{first:15.2f}", flush=True)


if __name__ == "__main__":
    main()
