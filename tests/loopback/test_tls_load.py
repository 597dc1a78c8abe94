"""Many TLS connections on one event loop."""

import asyncio
import gc
import resource
import ssl
import tracemalloc
from pathlib import Path

import pytest

from mediasec.endpoints.listener import Limits, listen
from mediasec.endpoints.stream import connect
from mediasec.endpoints.tls_profile import TlsProfile
from mediasec.endpoints.tls_session import TlsClient, TlsFailed, TlsServer

SESSIONS = 500
MESSAGES = 4
CONNECTIONS = 10_000
AT_ONCE = 8
BOTH = TlsProfile(
    versions=frozenset({ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3}), one_key_in_both_versions=True
)
ONE_TWO, ONE_THREE = (TlsProfile(versions=frozenset({version})) for version in sorted(BOTH.versions))


def test_500_sessions_with_500_identities(run):
    """Each of 500 sessions at once is known by its own identity, and gets its own messages once, in order."""
    keys = {f"user-{number}@example.com": number.to_bytes(32, "big") for number in range(SESSIONS)}

    async def main():
        together = asyncio.Barrier(SESSIONS)
        most = 0

        async def serve(stream):
            pending = b""
            while octets := await stream.read():
                pending += octets
                *lines, pending = pending.split(b"\n")
                for line in lines:
                    await stream.write(b"%s to %s\n" % (line, stream.identity.encode()))

        async def talk(number, identity):
            nonlocal most
            profile = ONE_THREE if number % 2 else ONE_TWO
            stream = await connect(
                "127.0.0.1", listener.port, TlsClient(identity, keys[identity], profile=profile)
            )
            await together.wait()
            most = max(most, listener.connections)
            for message in range(MESSAGES):
                await stream.write(b"message %d\n" % message)
            answer = b""
            while answer.count(b"\n") < MESSAGES:
                answer += await stream.read()
            await stream.close()
            return answer

        async with await listen(
            serve,
            "127.0.0.1",
            0,
            TlsServer(keys.get, profile=BOTH),
            limits=Limits(for_each_address=SESSIONS, in_all=SESSIONS),
        ) as listener:
            answers = await asyncio.gather(*(talk(number, identity) for number, identity in enumerate(keys)))
        return most, answers

    most, answers = run(main())
    assert most == SESSIONS
    for identity, answer in zip(keys, answers, strict=True):
        wanted = [f"message {message} to {identity}" for message in range(MESSAGES)]
        assert answer.decode().splitlines() == wanted


def test_memory_stays_flat(run):
    """Connection after connection, good and failed, leaves no memory behind."""
    key = bytes(range(32))

    async def main():
        async def serve(stream):
            await stream.write(await stream.read())

        async def one(listener, number):
            stream = await connect("127.0.0.1", listener.port, TlsClient("alice", key))
            await stream.write(b"hello")
            assert await stream.read() == b"hello"
            await stream.close()
            await (await connect("127.0.0.1", listener.port)).close()

        async with await listen(serve, "127.0.0.1", 0, TlsServer({"alice": key}.get)) as listener:
            sizes = []
            tracemalloc.start()
            for number in range(150):
                await one(listener, number)
                if number % 50 == 49:
                    gc.collect()
                    sizes.append(tracemalloc.get_traced_memory()[0])
            tracemalloc.stop()
        return sizes

    first, _, last = run(main())
    # What Python keeps must not grow with the connections: 100 more, and less than 64 octets for each.
    assert last - first < 6400


def resident() -> int:
    """Return the memory that this process holds, in octets."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def test_memory_stays_flat_over_10000_connections(run):
    """Of 10,000 connections, of both versions and with wrong keys among them, none leaves memory behind."""
    key = bytes(range(32))

    async def main():
        async def serve(stream):
            await stream.write(await stream.read())

        async def good(profile):
            async with await connect(
                "127.0.0.1", listener.port, TlsClient("alice", key, profile=profile)
            ) as stream:
                await stream.write(b"hello")
                assert await stream.read() == b"hello"

        async def refused(profile):
            with pytest.raises(TlsFailed):
                await connect("127.0.0.1", listener.port, TlsClient("alice", bytes(32), profile=profile))

        async with await listen(
            serve, "127.0.0.1", 0, TlsServer({"alice": key}.get, profile=BOTH)
        ) as listener:
            sizes = []
            for number in range(0, CONNECTIONS, AT_ONCE):
                if number % (CONNECTIONS // 5) == 0:
                    sizes.append(resident())
                profile = ONE_THREE if number % (2 * AT_ONCE) else ONE_TWO
                work = [good(profile) for _ in range(AT_ONCE - 1)]
                await asyncio.gather(*work, refused(profile))
            return [*sizes, resident()]

    sizes = run(main(), seconds=240)
    # The first fifth fills what is kept for good; the other 8000 connections add less than 256 octets each.
    assert sizes[-1] - sizes[1] < 256 * CONNECTIONS * 4 // 5
