"""The adapters that the contract is tested with."""

from collections.abc import AsyncIterator, Callable

import pytest

from webapp.broker import Broker
from webapp.broker.memory import MemoryBroker

ADAPTERS: dict[str, Callable[[], Broker]] = {"memory": MemoryBroker}


@pytest.fixture(params=ADAPTERS)
async def broker(request: pytest.FixtureRequest) -> AsyncIterator[Broker]:
    broker = ADAPTERS[request.param]()
    yield broker
    await broker.close()
