"""WebSockets of the real process, which are as its settings say."""

import asyncio
from pathlib import Path

from websockets.asyncio.client import connect
from websockets.frames import CloseCode

from tests.support.http import Address, connection
from tests.support.server import Server
from tests.support.waiting import LONGEST_S

PING = b"\x89\x00"  # RFC 6455 §5.5.2, without a payload
HANDSHAKE = (
    "GET /videos/{}/status.ws HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


async def test_quiet_ones_are_pinged_long_messages_refused_and_all_sent_away_at_the_end(
    tmp_path: Path,
) -> None:
    with Server(tmp_path / "data", "--no-worker", RUSHES_STREAM_KEEPALIVE_S="0.2") as server:
        with server.client() as client:
            video_id = client.post("/videos", json={"filename": "quiet.mp4"}).json()["videoId"]
        async with (
            asyncio.timeout(LONGEST_S),
            connection(Address("127.0.0.1", server.port)) as (reader, writer),
        ):
            writer.write(HANDSHAKE.format(video_id).encode())
            await reader.readuntil(b"created")
            for _ in range(3):
                await reader.readuntil(PING)
        address = f"{server.url.replace('http', 'ws')}/videos/{video_id}/status.ws"
        async with connect(address) as talkative, connect(address) as quiet:
            await talkative.send("x" * 100_000)
            await talkative.wait_closed()
            assert talkative.close_code == CloseCode.MESSAGE_TOO_BIG
            await asyncio.to_thread(server.stop)
            await quiet.wait_closed()
            assert quiet.close_code == CloseCode.SERVICE_RESTART
        assert "Traceback" not in server.log.read_text()
