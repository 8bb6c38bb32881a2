"""Pins the dependencies of pyproject.toml, with hashes and for every supported Python, in requirements*.txt.

No address of an index goes into the files: whoever installs uses their own.
"""

import subprocess
import sys

OPTIONS = [
    "--universal",
    "--generate-hashes",
    "--python-version",
    "3.11",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--quiet",
]

for target, extra in (("requirements.txt", []), ("requirements-dev.txt", ["--extra", "dev"])):
    command = [sys.executable, "-m", "uv", "pip", "compile", *OPTIONS, *extra, "pyproject.toml", "-o", target]
    subprocess.run(command, check=True)
