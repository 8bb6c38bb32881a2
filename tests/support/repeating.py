"""Long files in no time: the packets of a short one, again and again."""

from pathlib import Path

import av


def repeated(source: Path, target: Path, times: int) -> Path:
    """The picture of `source`, so many times in a row, without sound."""
    with av.open(str(target), "w") as output:
        with av.open(str(source)) as once:
            stream = once.streams.video[0]
            written = output.add_stream_from_template(stream)
            assert stream.duration is not None and stream.time_base is not None
            length, time_base = stream.duration, stream.time_base
            output.start_encoding()
        for number in range(times):
            with av.open(str(source)) as once:
                for packet in once.demux(video=0):
                    if packet.dts is None or packet.pts is None:
                        continue
                    packet.pts, packet.dts = packet.pts + number * length, packet.dts + number * length
                    packet.time_base, packet.stream = time_base, written
                    output.mux(packet)
    return target
