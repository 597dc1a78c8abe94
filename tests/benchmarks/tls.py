"""Measures the TLS endpoints beside `openssl s_server`, in one run on one machine.

Usage: python tests/benchmarks/tls.py handshakes|bulk|memory

`handshakes` and `bulk` drive both servers with the same client, suite after suite, and print two ratios: of
the rate on the clock, and of the rate for each second of the server's own processor time, which says the
same on a busy machine. `memory` makes 10,000 connections in one process and prints what it holds.
"""

import asyncio
import gc
import os
import re
import resource
import socket
import ssl
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mediasec.endpoints.listener import listen
from mediasec.endpoints.stream import Stream, connect
from mediasec.endpoints.tls_profile import CipherSuite, TlsProfile
from mediasec.endpoints.tls_psk import PskContext
from mediasec.endpoints.tls_session import TlsClient, TlsServer

KEY = bytes(range(32))
ROUNDS = 7
HANDSHAKES = 200
BULK = 64 * 1024 * 1024
CONNECTIONS = 10_000
Work = Callable[[int, PskContext], float]
PROFILES = {
    "PSK-AES128-GCM-SHA256": TlsProfile(suites=(CipherSuite.PSK_WITH_AES_128_GCM_SHA256,)),
    "ECDHE-PSK-CHACHA20-POLY1305": TlsProfile(suites=(CipherSuite.ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256,)),
    "DHE-PSK-AES128-GCM-SHA256": TlsProfile(suites=(CipherSuite.DHE_PSK_WITH_AES_128_GCM_SHA256,)),
    "TLS 1.3": TlsProfile(versions=frozenset({ssl.TLSVersion.TLSv1_3})),
}


async def discard(stream: Stream) -> None:
    """Read to the end."""
    while await stream.read():
        pass


async def serve(name: str) -> None:
    """Serve until standard input ends."""
    server = TlsServer({"alice": KEY}.get, profile=PROFILES[name])
    async with await listen(discard, "127.0.0.1", 0, server) as listener:
        print(f"ACCEPT 127.0.0.1:{listener.port}", flush=True)
        await asyncio.to_thread(sys.stdin.read)


@contextmanager
def running(command: list[str]) -> Iterator[tuple[int, int]]:
    """Run a server; give its process ID and its port."""
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        while not (found := re.match(r"ACCEPT 127\.0\.0\.1:(\d+)", process.stdout.readline())):
            assert process.poll() is None, command
        drain = subprocess.Popen(["cat"], stdin=process.stdout, stdout=subprocess.DEVNULL)
        yield process.pid, int(found[1])
        process.kill()
        drain.wait()


def servers(name: str) -> dict[str, list[str]]:
    """Return the commands of both servers for one suite."""
    version = ["-tls1_3"] if name == "TLS 1.3" else ["-tls1_2", "-cipher", name]
    theirs = ["openssl", "s_server", "-accept", "127.0.0.1:0", "-nocert", *version]
    theirs += ["-psk_identity", "alice", "-psk", KEY.hex()]
    return {"openssl": theirs, "ours": [sys.executable, __file__, "serve", name]}


def processor_seconds(process: int) -> float:
    """Return the processor time that a process has used."""
    with open(f"/proc/{process}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def connection(port: int, context: PskContext) -> Iterator[ssl.SSLSocket]:
    """Open a connection with blocking calls, which cost the same towards either server."""
    with (
        socket.create_connection(("127.0.0.1", port)) as tcp,
        context.wrap_socket(tcp, server_hostname="localhost") as tls,
    ):
        yield tls


def handshakes(port: int, context: PskContext) -> int:
    """Make connections, and return how many."""
    for _ in range(HANDSHAKES):
        with connection(port, context):
            pass
    return HANDSHAKES


def bulk(port: int, context: PskContext) -> float:
    """Send octets over one connection, and return how many MB."""
    chunk = bytes(64 * 1024)
    with connection(port, context) as tls:
        for _ in range(BULK // len(chunk)):
            tls.sendall(chunk)
    return BULK / 1e6


def compare(work: Work, unit: str) -> None:
    """Drive both servers for each suite and print rates and ratios."""
    print(f"{'suite':30}{'openssl':>10}{'ours':>10}{'ratio':>8}{'by processor time':>20}   {unit}")
    for name, profile in PROFILES.items():
        theirs, ours = servers(name).values()
        rounds = []
        with running(theirs) as their_server, running(ours) as our_server:
            context = PskContext.for_client(profile, "alice", KEY)
            for _ in range(ROUNDS + 1):
                rounds.append([measure(work, context, *server) for server in (their_server, our_server)])
        # The first round warms both up. The others alternate, so that a busy moment hits both.
        their_rate, our_rate, ratio, by_processor = (
            statistics.median(values)
            for values in zip(
                *(
                    (theirs[0], ours[0], ours[0] / theirs[0], ours[1] / theirs[1])
                    for theirs, ours in rounds[1:]
                ),
                strict=True,
            )
        )
        print(f"{name:30}{their_rate:10.0f}{our_rate:10.0f}{ratio:8.2f}{by_processor:20.2f}", flush=True)


def measure(work: Work, context: PskContext, process: int, port: int) -> tuple[float, float]:
    """Return the rate by the clock, and by the server's processor time."""
    before, start = processor_seconds(process), time.perf_counter()
    amount = work(port, context)
    seconds = time.perf_counter() - start
    return amount / seconds, amount / max(processor_seconds(process) - before, 0.01)


async def memory() -> None:
    """Make connections one after another, in eight at a time, and print the resident memory."""
    profiles = list(PROFILES.values())[:2] + list(PROFILES.values())[3:]

    async def echo(stream: Stream) -> None:
        await stream.write(await stream.read())

    async def one(port: int, profile: TlsProfile) -> None:
        async with await connect("127.0.0.1", port, TlsClient("alice", KEY, profile=profile)) as stream:
            await stream.write(b"hello")
            assert await stream.read() == b"hello"

    listeners = [
        await listen(echo, "127.0.0.1", 0, TlsServer({"alice": KEY}.get, profile=profile))
        for profile in profiles
    ]
    start = time.perf_counter()
    for done in range(0, CONNECTIONS + 1, 8):
        if done % 1000 == 0:
            gc.collect()
            with open("/proc/self/statm", encoding="ascii") as file:
                resident = int(file.read().split()[1]) * resource.getpagesize()
            print(f"{done:6} connections: {resident / 1e6:7.1f} MB resident", flush=True)
        index = done // 8 % len(profiles)
        await asyncio.gather(*(one(listeners[index].port, profiles[index]) for _ in range(8)))
    print(f"{time.perf_counter() - start:.0f} s")
    for listener in listeners:
        await listener.close()


def main(what: str, *arguments: str) -> None:
    """Run one of the benchmarks."""
    if what == "serve":
        asyncio.run(serve(*arguments))
    elif what == "memory":
        asyncio.run(memory())
    else:
        compare(*{"handshakes": (handshakes, "per second"), "bulk": (bulk, "MB/s")}[what])


if __name__ == "__main__":
    if sys.argv[1:2] not in (["handshakes"], ["bulk"], ["memory"], ["serve"]):
        sys.exit(__doc__)
    main(*sys.argv[1:])
