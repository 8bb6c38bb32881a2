"""What people upload by mistake or otherwise, and what is said of each."""

from dataclasses import dataclass
from pathlib import Path

from tests.support.video import VideoSpec, make_video

CODES = {
    "text": "not_media",
    "empty": "empty_file",
    "truncated": "truncated",
    "playlist": "not_media",
}


@dataclass(frozen=True)
class Unusable:
    """Files by the names in CODES. The playlist leads to a local file, and to `port` of this machine."""

    folder: Path
    port: int

    def __getitem__(self, name: str) -> Path:
        path = self.folder / "clip.mp4"
        match name:
            case "text":
                path.write_text("Dear diary, today I uploaded a text file.\n" * 50)
            case "empty":
                path.write_bytes(b"")
            case "truncated":
                _cut(make_video(path, VideoSpec(seconds=3)))
            case "playlist":
                path.write_text(
                    "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/hostname\n"
                    f"#EXTINF:9,\nhttp://127.0.0.1:{self.port}/s.ts\n#EXT-X-ENDLIST\n"
                )
        return path


def _cut(path: Path) -> None:
    """Keeps the first 60 % of a file."""
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
