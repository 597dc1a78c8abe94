"""Measures BFCP beside a bare TLS echo, in one run on one machine.

Usage: python tests/benchmarks/bfcp.py grants|messages

`grants` asks a floor control server in another process for a floor, again and again, and prints how long it
takes from the request to the grant, beside an echo of as many octets by the same TLS. The first figure of
each is that of the quickest tenth, which says the same on a busy machine. `messages` prints how
many messages are parsed, checked and written in a second of the processor's time.
"""

import asyncio
import statistics
import sys
import time

from mediasec.bfcp import (
    Conference,
    Floor,
    FloorControlClient,
    FloorControlServer,
    Message,
    RequestStatus,
    User,
)
from mediasec.endpoints.bfcp import FloorControlClientEndpoint, FloorControlServerEndpoint
from mediasec.endpoints.listener import listen
from mediasec.endpoints.stream import Stream, connect
from mediasec.endpoints.tls_session import TlsClient, TlsServer

KEY = bytes(range(32))
TIMES = 5000
SECONDS = 1.0


async def echo(stream: Stream) -> None:
    """Send back what comes."""
    while data := await stream.read():
        await stream.write(data)


async def serve() -> None:
    """Serve floor control on one port and the echo on another until standard input ends."""
    conference = Conference(
        conference_id=1, floors=[Floor(floor_id=543)], users=[User(user_id=234, identity="alice")]
    )
    security = TlsServer({"alice": KEY}.get)
    async with (
        FloorControlServerEndpoint(FloorControlServer([conference])) as server,
        await server.listen("127.0.0.1", 0, security) as floors,
        await listen(echo, "127.0.0.1", 0, security) as echoes,
    ):
        print(floors.port, echoes.port, flush=True)
        await asyncio.to_thread(sys.stdin.read)


async def grants() -> None:
    """Print the time from request to grant, and that of an echo of the same size."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, __file__, "serve", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    ports = (await process.stdout.readline()).split()
    security = TlsClient("alice", KEY)
    core = FloorControlClient(conference_id=1, user_id=234)
    async with (
        FloorControlClientEndpoint(core, await connect("127.0.0.1", int(ports[0]), security)) as client,
        await connect("127.0.0.1", int(ports[1]), security) as stream,
    ):
        times: dict[str, list[float]] = {"grant": [], "echo": []}
        for _ in range(TIMES):
            start = time.perf_counter()
            responded = await client.ask(core.request_floors(543))
            times["grant"].append(time.perf_counter() - start)
            (floor_request_id,) = core.statuses
            assert core.statuses[floor_request_id] is RequestStatus.GRANTED
            await client.ask(core.release_floors(floor_request_id))
            octets = responded.response.serialize()
            start = time.perf_counter()
            await stream.write(octets)
            received = 0
            while received < len(octets):
                received += len(await stream.read())
            times["echo"].append(time.perf_counter() - start)
    process.terminate()
    await process.wait()
    quick = {name: statistics.quantiles(values, n=10) for name, values in times.items()}
    for name, tenths in quick.items():
        print(f"{name:6} {tenths[0] * 1e6:6.0f} microseconds, median {tenths[4] * 1e6:6.0f}")
    ratios = [quick["grant"][place] / quick["echo"][place] for place in (0, 4)]
    print(f"ratio  {ratios[0]:6.2f}, of the medians {ratios[1]:.2f} ({TIMES} times, {len(octets)} octets)")


def messages() -> None:
    """Print how many messages a second are parsed, checked and written."""
    octets = {
        "FloorRequest": "2001000111223344007b00ea0404021f",
        "FloorRequestStatus": "2004000b0000126700010001"
        "1e2c0001240800010a0403002208021f0a040300220802200a0403001c04000108046000"
        "1005776879000000",
    }
    for name, text in octets.items():
        data = bytes.fromhex(text)
        message = Message.parse(data)
        for verb, work in (
            ("parsed", lambda data=data: Message.parse(data)),
            ("parsed and checked", lambda data=data: Message.parse(data).check()),
            ("checked and written", message.serialize),
        ):
            print(f"{name} of {len(data)} octets, {verb}: {rate(work):,.0f} a second")


def rate(work) -> float:
    """Return how often work is done in a second of the processor's time."""
    count = 0
    start = time.process_time()
    while (passed := time.process_time() - start) < SECONDS:
        for _ in range(100):
            work()
        count += 100
    return count / passed


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve"]:
            asyncio.run(serve())
        case ["grants"]:
            asyncio.run(grants())
        case ["messages"]:
            messages()
        case _:
            sys.exit(__doc__)
