"""What the streams count, for /metrics (Prometheus text format)."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from .formats import Format

LATENCY_BUCKETS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class FormatMetrics:
    """The metrics of one format; looked up once, because they are counted for each delivery."""

    def __init__(self, metrics: "Metrics", name: str) -> None:
        self._deliveries = metrics.deliveries.labels(format=name)
        self._lagging = metrics.fell_behind.labels(format=name)
        self._dropped = metrics.dropped.labels(format=name)

    def delivered(self, count: int) -> None:
        self._deliveries.inc(count)

    def dropped(self, frames: int, fell_behind: bool) -> None:
        self._dropped.inc(frames)
        if fell_behind:
            self._lagging.inc()


class Metrics:
    """Of one process; each app has its own registry, so that two in a process do not meet."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.subscribers = Gauge(
            "rushes_stream_subscribers",
            "Open streams; path is direct where events are written to the connection, else ordinary.",
            ["path"],
            registry=registry,
        )
        self.topics = Gauge("rushes_stream_topics", "Videos that somebody watches.", registry=registry)
        self.deliveries = Counter(
            "rushes_stream_deliveries",
            "Events, times the clients they were for.",
            ["format"],
            registry=registry,
        )
        self.fell_behind = Counter(
            "rushes_stream_lagging",
            "Times a client read too slowly, lost its buffer and caught up from the rows.",
            ["format"],
            registry=registry,
        )
        self.dropped = Counter(
            "rushes_stream_dropped",
            "Frames dropped from a client's buffer: told again from the rows, or by a newer snapshot.",
            ["format"],
            registry=registry,
        )
        self.replays = Counter(
            "rushes_stream_replays", "Streams opened with something to replay.", registry=registry
        )
        self.resets = Counter(
            "rushes_stream_resets", "Streams opened with an id whose sequel is not kept.", registry=registry
        )
        self.refused = Counter(
            "rushes_stream_refused", "Streams answered 503: too many are open.", registry=registry
        )
        self.cut_off = Counter(
            "rushes_stream_cut_off", "Streams of clients that had stopped reading.", registry=registry
        )
        self._latency = Histogram(
            "rushes_stream_wake_to_write_seconds",
            "From the wake-up until the last subscriber's bytes were handed to the connection.",
            buckets=LATENCY_BUCKETS_S,
            registry=registry,
        )
        self._by_format: dict[str, FormatMetrics] = {}

    def of(self, format: Format) -> FormatMetrics:
        name = type(format).__name__.removesuffix("Format").lower()
        if name not in self._by_format:
            self._by_format[name] = FormatMetrics(self, name)
        return self._by_format[name]

    def told_after(self, seconds: float) -> None:
        self._latency.observe(seconds)
