"""What lies in a folder, also while somebody is removing it."""

import os
from pathlib import Path


def files_in(folder: Path) -> list[Path]:
    """All files below it; none where it is gone. What vanishes meanwhile is left out."""
    return [Path(path, name) for path, _, names in os.walk(folder) for name in names]
