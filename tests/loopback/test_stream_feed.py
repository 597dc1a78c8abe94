"""A stream that hands its octets to a function as they come."""

import asyncio

import pytest

from mediasec.endpoints.listener import listen
from mediasec.endpoints.stream import connect
from mediasec.endpoints.tls_session import TlsClient, TlsServer
from mediasec.errors import EndpointError

KEY = bytes(range(32))
SERVER, CLIENT = TlsServer({"alice": KEY}.get), TlsClient("alice", KEY)


@pytest.fixture(params=[(SERVER, CLIENT), (None, None)], ids=["TLS", "TCP"])
def sides(request):
    """Both sides of TLS, or of plain TCP."""
    return request.param


def test_what_came_before_is_handed_on_too(run, sides):
    """Octets that came before the feeding began are the first that it hands on, and the end ends it."""

    async def main():
        taken = asyncio.get_running_loop().create_future()

        async def serve(stream):
            found = bytearray()
            await asyncio.sleep(0.05)
            await stream.feed(found.extend)
            taken.set_result(bytes(found))

        async with await listen(serve, "127.0.0.1", 0, sides[0]) as listener:
            stream = await connect("127.0.0.1", listener.port, sides[1])
            await stream.write(b"before ")
            await asyncio.sleep(0.1)
            await stream.write(b"after")
            await stream.close()
            return await taken

    assert run(main()) == b"before after"


@pytest.mark.parametrize("first", [True, False])
def test_what_the_function_raises_ends_it(run, sides, first):
    """An error of the function ends the feeding and is raised there; nothing more is handed on."""

    async def main():
        ended = asyncio.get_running_loop().create_future()

        async def serve(stream):
            taken = []

            def take(data):
                taken.append(data)
                raise ValueError

            if first:
                await asyncio.sleep(0.05)
            try:
                await stream.feed(take)
            except ValueError:
                ended.set_result(len(taken))

        async with await listen(serve, "127.0.0.1", 0, sides[0]) as listener:
            stream = await connect("127.0.0.1", listener.port, sides[1])
            if not first:
                await asyncio.sleep(0.05)
            await stream.write(b"octets")
            count = await ended
            await stream.close()
            return count

    assert run(main()) == 1


def test_a_broken_connection_is_told(run):
    """Where TCP ends before TLS does the feeding ends in an error."""

    async def main():
        ended = asyncio.get_running_loop().create_future()

        async def serve(stream):
            try:
                await stream.feed(lambda data: None)
            except EndpointError as error:
                ended.set_result(str(error))

        async with await listen(serve, "127.0.0.1", 0, SERVER) as listener:
            stream = await connect("127.0.0.1", listener.port, CLIENT)
            await stream.write(b"octets")
            stream.drop()
            return await ended

    assert "closed the TCP connection" in run(main())
