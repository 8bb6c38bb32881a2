"""What a nursery is asked."""

import msgspec


class Birth(msgspec.Struct, frozen=True, tag="birth", tag_field="kind"):
    """A child, with such limits; see `limits.confine`."""

    cpu_s: int
    memory_bytes: int


class Kill(msgspec.Struct, frozen=True, tag="kill", tag_field="kind"):
    """The end of a child by SIGKILL, if it is still there."""

    pid: int


Request = Birth | Kill
