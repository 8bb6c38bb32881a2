"""Runs a job in a real child process, as the pipeline does, and waits for its end."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from webapp.media.answers import Answer, Failed
from webapp.media.jobs import Job

ROOT = Path(__file__).parents[2]
# Far more than any of these jobs takes, however busy the machine is: a child that hangs fails its test.
ENDED_WITHIN_S = 120
CPU_S = 30


@dataclass(frozen=True)
class Said:
    """What a child said on stdout, line by line, how it ended, and what was on its stderr."""

    answers: list[Answer]
    exit_code: int
    complaint: str

    @property
    def failure(self) -> str | None:
        """Why the job cannot be done; None if it was done."""
        assert self.exit_code == 0 and self.answers, self.complaint
        last = self.answers[-1]
        return last.code if isinstance(last, Failed) else None


def run(
    job: Job, cwd: Path = ROOT, environment: Mapping[str, str] | None = None, memory_bytes: int | None = None
) -> Said:
    """`environment` is added to this process's own; `memory_bytes` is the most, if not the usual."""
    limits = [CPU_S] if memory_bytes is None else [CPU_S, memory_bytes]
    ended = subprocess.run(
        [sys.executable, "-m", "webapp.media.worker", str(os.getpid()), *map(str, limits)],
        input=msgspec.json.encode(job),
        capture_output=True,
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | dict(environment or {}),
        timeout=ENDED_WITHIN_S,
    )
    decoder = msgspec.json.Decoder(Answer)
    answers = [decoder.decode(line) for line in ended.stdout.splitlines()]
    return Said(answers, ended.returncode, ended.stderr.decode(errors="replace"))
