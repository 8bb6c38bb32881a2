"""Addresses of static files. Each carries a mark of its content, so that browsers may keep it for good."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

MARK_LENGTH = 10


def addresses(folder: Path) -> Callable[[str], str]:
    """A function from a file's place in `folder` to its address; KeyError for what is not there."""
    found = {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()[:MARK_LENGTH]
        for path in folder.rglob("*")
        if path.is_file()
    }
    return lambda name: f"/static/{name}?v={found[name]}"
