"""What a server says of its streams on /metrics."""

import http.client

from benchmarks.streams.client import LOOPBACK

SUBSCRIBERS = "rushes_stream_subscribers"
TIMEOUT_S = 30.0


class Metrics:
    def __init__(self, port: int, host: str = LOOPBACK) -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)

    def subscribers(self) -> int | None:
        """Open streams of all kinds; None where that is not said."""
        self._connection.request("GET", "/metrics")
        text = self._connection.getresponse().read().decode()
        values = [
            float(line.rpartition(" ")[2])
            for line in text.splitlines()
            if line.startswith((SUBSCRIBERS + " ", SUBSCRIBERS + "{"))
        ]
        return int(sum(values)) if values else None

    def close(self) -> None:
        self._connection.close()
