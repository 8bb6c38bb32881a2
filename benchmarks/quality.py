"""How close each rung comes to the source, by this product and by ffmpeg at the same bit rate.

    RUSHES_CODECS=h264,av1 python -m benchmarks.quality [VIDEO ...] [--seconds 12]

Ours is the finished package of `rushes serve`. Theirs is the command of `benchmarks.transcode` at five
qualities, and what lies between them at our bit rate. Renditions in other codecs stand beside its H.264 of
the same size, and say how many bits fewer they take for the same SSIM. Frames are paired by number: sources
of up to 60 frames/s, upright, of square pixels, progressive.
"""

import argparse
import math
import re
import subprocess
import tempfile
from itertools import pairwise
from pathlib import Path

import imageio_ffmpeg

from webapp.media.facts import Facts
from webapp.media.ladder import Rung

from .transcode import SAMPLE, Product, ffmpeg_command, probe

# What fills its ceiling at the first of them does not at the last. What fills it at several has one rate, and
# a line through two such points would be one through noise.
PEER_CRFS, CLOSEST_RATES = (20, 23, 26, 29, 32), 1.1
# Drawn, with hard edges and text; and finely detailed everywhere, as foliage is.
GENERATED = {"drawn": "testsrc2=size=1280x720:rate=25", "detail": "mandelbrot=size=1280x720:rate=25"}
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()

Point = tuple[float, float]  # bits per second, dB


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("videos", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float, default=12, help="how much of each is taken")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        videos = [cut(video, folder, options.seconds) for video in options.videos or [SAMPLE]]
        if not options.videos:
            videos += [generate(*source, folder, options.seconds) for source in GENERATED.items()]
        product = Product(folder / "data")
        try:
            for video in videos:
                compare(product, video, folder)
        finally:
            product.stop()


def compare(product: Product, video: Path, folder: Path) -> None:
    """Prints a row for each rung."""
    facts = probe(video)
    result = product.run(video, 1)
    rungs = result.rungs
    newest = max((folder / "data/storage/videos").glob("*/hls/r1"), key=lambda path: path.stat().st_mtime)
    ours = [
        measure(whole(newest / rung.name), video, rungs[: place + 1], facts)
        for place, rung in enumerate(rungs)
    ]
    theirs: list[list[Point]] = [[] for _ in rungs]
    for crf in PEER_CRFS:
        target = folder / f"{video.stem}-{crf}"
        target.mkdir()
        for place in range(len(rungs)):
            (target / str(place)).mkdir()
        subprocess.run(ffmpeg_command(video, target, rungs, False, crf), check=True)
        for place in range(len(rungs)):
            found = whole(target / str(place))
            theirs[place].append(measure(found, video, rungs[: place + 1], facts))
    print(f"\n{video.name}\n{'':12}{'kbit/s':>10}{'rushes':>10}{'ffmpeg':>10}{'dB more':>10}")
    for rung, point, points in zip(rungs, ours, theirs, strict=True):
        print(row(rung, point, points), flush=True)
    sizes = [(rung.width, rung.height) for rung in rungs]
    for rung in result.beside:
        place = sizes.index((rung.width, rung.height))
        point = measure(whole(newest / rung.name), video, rungs[: place + 1], facts)
        fewer = 1 - point[0] / for_quality(theirs[place], point[1])
        print(f"{row(rung, point, theirs[place])}{fewer:10.0%} fewer bits", flush=True)


def row(rung: Rung, ours: Point, theirs: list[Point]) -> str:
    (rate_bps, mine_db), other_db = ours, at_rate(theirs, ours[0])
    numbers = f"{rate_bps / 1000:10.0f}{ssim(mine_db):10.4f}{ssim(other_db):10.4f}{mine_db - other_db:10.2f}"
    return f"{rung.name:12}{numbers}"


def cut(video: Path, folder: Path, seconds: float) -> Path:
    """The first `seconds` of the picture, as it is."""
    target = folder / f"{video.stem}.mkv"
    command = [FFMPEG, "-v", "error", "-i", str(video), "-map", "0:v:0", "-t", str(seconds), "-c", "copy"]
    subprocess.run([*command, str(target)], check=True)
    return target


def generate(name: str, source: str, folder: Path, seconds: float) -> Path:
    target = folder / f"{name}.mkv"
    command = [FFMPEG, "-v", "error", "-f", "lavfi", "-i", source, "-t", str(seconds)]
    command += ["-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast", "-crf", "10"]
    subprocess.run([*command, str(target)], check=True)
    return target


def whole(folder: Path) -> Path:
    """One file of a rendition's segments."""
    target = folder / "whole.mp4"
    (init,) = folder.glob("init*.mp4")
    segments = sorted(folder.glob("*.m4s"), key=lambda path: int(re.sub(r"\D", "", path.stem)))
    target.write_bytes(b"".join(path.read_bytes() for path in [init, *segments]))
    return target


def measure(encoded: Path, video: Path, rungs: list[Rung], facts: Facts) -> Point:
    """Rate and SSIM (all planes) of the last of `rungs`, against the source scaled down as the ladder is."""
    scales = ",".join(f"scale={rung.width}:{rung.height}:flags=bicubic" for rung in rungs)
    # Ours says what colours it has, and ffmpeg converts what differs only in that.
    colours = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
    by_number = f"settb=1/1000,setpts=N,{colours}"
    graph = f"[1:v:0]{scales},format=yuv420p,{by_number}[source];[0:v:0]{by_number}[ours];[ours][source]ssim"
    command = [
        FFMPEG,
        "-hide_banner",
        "-i",
        str(encoded),
        "-i",
        str(video),
        "-lavfi",
        graph,
        "-f",
        "null",
        "-",
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    found = re.search(r"SSIM .*All:([0-9.]+)", said)
    assert found, said
    return encoded.stat().st_size * 8 / facts.duration_s, decibels(float(found[1]))


def decibels(similarity: float) -> float:
    return -10 * math.log10(max(1e-6, 1 - similarity))


def ssim(quality_db: float) -> float:
    return 1 - 10 ** (-quality_db / 10)


def at_rate(points: list[Point], rate_bps: float) -> float:
    """dB at a rate: on the line, over the rate's logarithm, through the two points that are next to it."""
    return between([(math.log(rate), quality) for rate, quality in apart(points)], math.log(rate_bps))


def for_quality(points: list[Point], quality_db: float) -> float:
    """The rate that is needed for so many dB: the other way round on the same line."""
    return math.exp(between([(quality, math.log(rate)) for rate, quality in apart(points)], quality_db))


def between(known: list[tuple[float, float]], at: float) -> float:
    """What belongs to `at` on the line through the two of the `known` next to it, which rise."""
    if len(known) == 1:
        return known[0][1]
    pairs = list(pairwise(known))
    (low, low_value), (high, high_value) = next((pair for pair in pairs if at <= pair[1][0]), pairs[-1])
    return low_value + (high_value - low_value) * (at - low) / (high - low)


def apart(points: list[Point]) -> list[Point]:
    """By their rates, and of those that have one rate the best."""
    found = sorted(points)[:1]
    for point in sorted(points)[1:]:
        if point[0] < CLOSEST_RATES * found[-1][0]:
            found[-1] = max(found[-1], point, key=lambda either: either[1])
        else:
            found.append(point)
    return found


if __name__ == "__main__":
    main()
