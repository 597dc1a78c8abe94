"""A TLS endpoint for any Python: `serve VERSION` prints its port and echoes; `ask VERSION PORT` asks once.

It imports nothing but the endpoints, so that a Python without this project's packages can run it.
"""

import asyncio
import ssl
import sys

from mediasec.endpoints.listener import listen
from mediasec.endpoints.stream import connect
from mediasec.endpoints.tls_profile import TlsProfile
from mediasec.endpoints.tls_session import TlsClient, TlsFailed, TlsServer

KEY = bytes(range(32))


async def main(role: str, version: str, port: str = "0", identity: str = "alice") -> None:
    """Serve until standard input ends, or ask one question."""
    number = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[version]
    profile = TlsProfile(versions=frozenset({number}))
    if role == "ask":
        try:
            stream = await connect("127.0.0.1", int(port), TlsClient(identity, KEY, profile=profile))
        except TlsFailed as error:
            print(error.failure.value)
            return
        await stream.write(b"hello\n")
        print((await stream.read()).decode(), end="")
        await stream.close()
        return

    async def serve(stream):
        while octets := await stream.read():
            await stream.write(stream.identity.encode() + b": " + octets)

    async with await listen(
        serve,
        "127.0.0.1",
        0,
        TlsServer({"alice": KEY}.get, profile=profile),
        failed=lambda _, error: print(error.failure.value, flush=True),
    ) as listener:
        print(listener.port, flush=True)
        await asyncio.to_thread(sys.stdin.read)


asyncio.run(main(*sys.argv[1:]))
