"""Disks in trouble. Linux has a full one, /dev/full, and a link to itself cannot be opened by anybody."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from webapp.storage.draft import UNFINISHED


def fill(patch: pytest.MonkeyPatch, path: Path) -> None:
    """The next attempt to write what shall become `path` finds the disk full."""
    _draft(patch, path).symlink_to("/dev/full")


def break_disk(patch: pytest.MonkeyPatch, path: Path) -> None:
    """The next attempt to write what shall become `path` finds the disk broken."""
    draft = _draft(patch, path)
    draft.symlink_to(draft)


def _draft(patch: pytest.MonkeyPatch, path: Path) -> Path:
    patch.setattr("webapp.storage.draft.secrets", SimpleNamespace(token_hex=lambda size: "draft"))
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f"{path.name}.draft{UNFINISHED}")
