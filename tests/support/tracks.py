"""Files with several tracks of sound and subtitles, made by the ffmpeg command line."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg


@dataclass(frozen=True)
class SoundTrack:
    """A tone of so many hertz, all the way through."""

    hertz: int
    language: str | None = None
    title: str | None = None
    default: bool = False
    channels: int = 2


@dataclass(frozen=True)
class SubtitleTrack:
    """`text` is a subtitle file, in SRT, of which the track is made."""

    text: str
    language: str | None = None
    title: str | None = None
    codec: str = "srt"
    disposition: str = "0"


def add_tracks(
    picture: Path, target: Path, sounds: Sequence[SoundTrack] = (), subtitles: Sequence[SubtitleTrack] = ()
) -> Path:
    """Writes the picture of one file and these tracks to `target`, whose extension says the container."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(picture)]
    options = ["-map", "0:v", "-c:v", "copy"]
    for number, sound in enumerate(sounds):
        layout = {1: "mono", 2: "stereo", 6: "5.1"}[sound.channels]
        source = f"sine=frequency={sound.hertz}:sample_rate=48000,aformat=channel_layouts={layout}"
        command += ["-f", "lavfi", "-i", source]
        options += [
            "-map",
            f"{1 + number}:a",
            f"-disposition:a:{number}",
            "default" if sound.default else "0",
        ]
        options += _metadata(f"a:{number}", sound.language, sound.title)
    for number, subtitle in enumerate(subtitles):
        file = target.with_name(f"{target.stem}.{number}.srt")
        file.write_text(subtitle.text)
        command += ["-i", str(file)]
        options += ["-map", f"{1 + len(sounds) + number}:s", f"-c:s:{number}", subtitle.codec]
        options += [f"-disposition:s:{number}", subtitle.disposition]
        options += _metadata(f"s:{number}", subtitle.language, subtitle.title)
    options += ["-c:a", "aac", "-shortest"] if sounds else []  # a tone has no end
    subprocess.run([*command, *options, str(target)], check=True, timeout=60)
    return target


def _metadata(stream: str, language: str | None, title: str | None) -> list[str]:
    found = {"language": language, "title": title, "handler_name": title}
    return [
        word for key, value in found.items() if value for word in (f"-metadata:s:{stream}", f"{key}={value}")
    ]
