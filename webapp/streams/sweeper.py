"""One clock for all streams: speaks up on quiet ones, ends old ones, cuts off stalled ones."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress

import structlog

from ..config import Settings
from .channel import Channel
from .metrics import Metrics
from .subscription import Subscription

log = structlog.get_logger()

SWEEPS_PER_KEEPALIVE = 10
TURN_AFTER = 500  # streams looked at before others get a turn


class Sweeper:
    def __init__(self, channels: Mapping[str, Channel], settings: Settings, metrics: Metrics) -> None:
        self._channels, self._metrics = channels, metrics
        self._keepalive_s, self._stall_s = settings.stream_keepalive_s, settings.stream_stall_s

    async def run(self) -> None:
        """Sweeps until cancelled."""
        while True:
            await asyncio.sleep(min(self._keepalive_s, self._stall_s) / SWEEPS_PER_KEEPALIVE)
            now, looked_at = time.monotonic(), 0
            for channel in tuple(self._channels.values()):
                for feed in tuple(channel.feeds.values()):
                    for subscription in tuple(feed.subscriptions):
                        self._look_after(subscription, now)
                        looked_at += 1
                        if looked_at % TURN_AFTER == 0:
                            await asyncio.sleep(0)

    def _look_after(self, subscription: Subscription, now: float) -> None:
        """What goes wrong with one stream ends that one, and the others are looked after."""
        try:
            self._check(subscription, now)
        except Exception:
            log.exception("cannot look after a stream; cut off")
            with suppress(Exception):
                subscription.cut_off()

    def _check(self, subscription: Subscription, now: float) -> None:
        if subscription.is_stalled(now, self._stall_s):
            log.info("stalled client cut off")
            self._metrics.cut_off.inc()
            subscription.cut_off()
        elif subscription.writing_since is not None:
            return
        elif now > subscription.expires_at:
            subscription.close()
        elif now - subscription.wrote_at > self._keepalive_s:
            subscription.keep_alive()
