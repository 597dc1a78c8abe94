"""Measures MSRP: goodput of large messages through TLS beside the bare TLS layer, and messages parsed.

Usage: python tests/benchmarks/msrp.py goodput|parse|exchange

`goodput` sends messages of 1 MB from one endpoint to another, and as many octets through two bare streams,
in turns, and prints the ratio of the rates, on the clock and for each second of the processor's time, which
says the same on a busy machine; the aim is at least 0.6. `parse` and `exchange` print messages per second of
the processor: read and checked by the parser, and sent, received and answered without I/O.
"""

import asyncio
import statistics
import sys
import time

from mediasec.endpoints.listener import listen
from mediasec.endpoints.msrp import MsrpEndpoint
from mediasec.endpoints.stream import Stream, connect
from mediasec.endpoints.tls_session import TlsClient, TlsServer
from mediasec.msrp import Connection, Directory, Framing, Request, Terms, Uri

KEY = bytes(range(32))
MESSAGE = bytes(range(256)) * 4096
COUNT = 48
ROUNDS = 11
SMALL = 5000
CLIENT = TlsClient("alice", KEY)
SERVER = TlsServer({"alice": KEY}.get)
ALICE = Uri.parse("msrp://alice.example.com:7777/iau39soe2843z;tcp")
BOB = Uri.parse("msrp://bob.example.com:8888/9di4eae923wzd;tcp")


class Clock:
    """Counts the seconds of the clock and those of the processor from when it is made."""

    def __init__(self) -> None:
        self._wall, self._processor = time.perf_counter(), time.process_time()

    def rates(self, amount: int) -> tuple[float, float]:
        """Return an amount per second of the clock, and per second of the processor."""
        return amount / (time.perf_counter() - self._wall), amount / (time.process_time() - self._processor)


async def bare() -> tuple[float, float]:
    """Send through the TLS layer alone; return octets per second."""
    done = asyncio.Event()

    async def serve(stream: Stream) -> None:
        octets = 0
        while octets < COUNT * len(MESSAGE):
            octets += len(await stream.read())
        done.set()

    async with (
        await listen(serve, "127.0.0.1", 0, SERVER) as listener,
        await connect("127.0.0.1", listener.port, CLIENT) as stream,
    ):
        clock = Clock()
        for _ in range(COUNT):
            await stream.write(MESSAGE)
        await done.wait()
        return clock.rates(COUNT * len(MESSAGE))


async def msrp() -> tuple[float, float]:
    """Send through MSRP endpoints; return octets of content per second."""
    async with MsrpEndpoint() as alice, MsrpEndpoint() as bob:
        port = await bob.listen("127.0.0.1", 0, SERVER)
        near, far = alice.new_uri("alice.invalid", 9), bob.new_uri("127.0.0.1", port)
        theirs = bob.add(Terms(local=far, remote=(near,), active=False))
        own = alice.add(Terms(local=near, remote=(far,), active=True))
        await alice.connect(own, CLIENT)
        await own.established()

        async def receive() -> None:
            for _ in range(COUNT):
                assert len((await theirs.receive()).body) == len(MESSAGE)

        receiving = asyncio.create_task(receive())
        clock = Clock()
        await asyncio.gather(*(own.send(MESSAGE, "application/octet-stream") for _ in range(COUNT)))
        await receiving
        return clock.rates(COUNT * len(MESSAGE))


def goodput() -> None:
    """Print both rates and their ratio."""
    works = {"bare TLS": bare, "MSRP": msrp}
    rates: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            rates[name].append(asyncio.run(work()))
    print("MB/s       clock  processor")
    for name, found in rates.items():
        wall, processor = (statistics.median(column) / 1e6 for column in zip(*found, strict=True))
        print(f"{name:9} {wall:6.0f} {processor:10.0f}")
    pairs = list(zip(rates["MSRP"], rates["bare TLS"], strict=True))
    ratios = [statistics.median(own[column] / other[column] for own, other in pairs) for column in (0, 1)]
    print(f"ratio     {ratios[0]:6.2f} {ratios[1]:10.2f}")


def small_message(number: int) -> bytes:
    """Write a short message as people send it."""
    return Request(
        transaction_id=f"transaction{number}",
        method="SEND",
        to_path=(BOB,),
        from_path=(ALICE,),
        message_id=f"message{number}",
        content_type="text/plain",
        body=b"Are we meeting at the usual place?",
    ).serialize()


def parse() -> None:
    """Print how many messages are parsed and checked in a second."""
    octets = b"".join(small_message(number) for number in range(SMALL))
    rates = []
    for _ in range(ROUNDS):
        framing = Framing()
        clock = Clock()
        for at in range(0, len(octets), 65536):
            for _ in framing.receive(octets[at : at + 65536]):
                pass
        rates.append(clock.rates(SMALL)[1])
    print(f"parsed    {statistics.median(rates):8.0f} messages/s of {len(octets) // SMALL} octets")


def exchange() -> None:
    """Print how many messages go from one side to the other and are answered in a second, without I/O."""
    rates = []
    for _ in range(ROUNDS):
        numbers = iter(range(10 * SMALL))
        directories = [Directory(lambda numbers=numbers: f"number{next(numbers)}") for _ in range(2)]
        alice, bob = (Connection(directory) for directory in directories)
        directories[1].add(Terms(local=BOB, remote=(ALICE,), active=False))
        session = directories[0].add(Terms(local=ALICE, remote=(BOB,), active=True))
        alice.open(session)
        clock = Clock()
        for _ in range(SMALL):
            session.send(b"Are we meeting at the usual place?", "text/plain")
            bob.receive(alice.data_to_send(0.0, 65536))
            alice.receive(bob.data_to_send(0.0, 65536))
        rates.append(clock.rates(SMALL)[1])
        assert session.pending == 0
    print(f"exchanged {statistics.median(rates):8.0f} messages/s")


if __name__ == "__main__":
    parts = {"goodput": goodput, "parse": parse, "exchange": exchange}
    if len(sys.argv) != 2 or sys.argv[1] not in parts:
        sys.exit(__doc__)
    parts[sys.argv[1]]()
