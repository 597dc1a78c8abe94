"""TLS with pre-shared keys against GnuTLS's `gnutls-cli` and `gnutls-serv`."""

import asyncio
import contextlib
import socket
import ssl

import pytest

from mediasec.endpoints.listener import listen
from mediasec.endpoints.stream import TcpFailed, connect
from mediasec.endpoints.tls_profile import DEFAULT_PROFILE, TlsProfile
from mediasec.endpoints.tls_session import TlsClient, TlsFailed, TlsFailure, TlsServer

KEY = bytes(range(32))
ONE_THREE = TlsProfile(versions=frozenset({ssl.TLSVersion.TLSv1_3}))
PRIORITIES = {
    "PSK 1.2": "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+PSK",
    "DHE-PSK 1.2": "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+DHE-PSK",
    "ECDHE-PSK 1.2": "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+ECDHE-PSK",
    "1.3": "NORMAL:-VERS-ALL:+VERS-TLS1.3:-KX-ALL:+ECDHE-PSK",
}
by_priority = pytest.mark.parametrize("name", PRIORITIES)


def profile_of(name: str) -> TlsProfile:
    """Return the profile for one of the priorities."""
    return ONE_THREE if name == "1.3" else DEFAULT_PROFILE


@contextlib.asynccontextmanager
async def running(*command: str):
    """Run a program with pipes, and end it."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(20):
            yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


@contextlib.asynccontextmanager
async def gnutls_serv(program: str, tmp_path, name: str):
    """Run `gnutls-serv`, which sends back what it gets; yield its port once it listens."""
    keys = tmp_path / "keys"
    keys.write_text(f"alice:{KEY.hex()}\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with running(
        program,
        "--echo",
        "--quiet",
        "-p",
        str(port),
        "--pskpasswd",
        str(keys),
        "--priority",
        PRIORITIES[name],
    ):
        while True:
            with contextlib.suppress(TcpFailed):
                await (await connect("127.0.0.1", port)).close()
                break
            await asyncio.sleep(0.01)
        yield port


@by_priority
def test_our_client_is_served_by_gnutls_serv(need, tmp_path, name):
    """`gnutls-serv` gives us a connection with each key exchange and in both versions."""

    async def main():
        async with gnutls_serv(need("gnutls-serv"), tmp_path, name) as port:
            client = TlsClient("alice", KEY, profile=profile_of(name))
            stream = await connect("127.0.0.1", port, client)
            await stream.write(b"hello\n")
            answer = await stream.read()
            await stream.close()
            return answer

    assert asyncio.run(main()) == b"hello\n"


@pytest.mark.parametrize("name", ["ECDHE-PSK 1.2", "1.3"])
@pytest.mark.parametrize(("identity", "key"), [("alice", bytes(32)), ("nobody", KEY)])
def test_gnutls_serv_refuses_us(need, tmp_path, name, identity, key):
    """`gnutls-serv` refuses a wrong key and an unknown identity, and we end with a reason."""

    async def main():
        async with gnutls_serv(need("gnutls-serv"), tmp_path, name) as port:
            with pytest.raises(TlsFailed) as caught:
                await connect("127.0.0.1", port, TlsClient(identity, key, profile=profile_of(name)))
        return caught.value.failure

    assert asyncio.run(main()) is not TlsFailure.TIMEOUT


@by_priority
def test_our_server_serves_gnutls_cli(need, name):
    """`gnutls-cli` gets a connection, and we know its identity."""

    async def main():
        served = asyncio.get_running_loop().create_future()

        async def serve(stream):
            served.set_result((stream.identity, stream.get_extra_info("tls_version")))
            with contextlib.suppress(Exception):
                await stream.write(b"hello from here\n")
                await stream.read()

        server = TlsServer({"alice": KEY}.get, profile=profile_of(name))
        async with (
            await listen(serve, "127.0.0.1", 0, server) as listener,
            running(
                need("gnutls-cli"),
                *("-p", str(listener.port), "--pskusername", "alice", "--pskkey", KEY.hex()),
                *("--priority", PRIORITIES[name], "127.0.0.1"),
            ) as client,
        ):
            known = await served
            # The program itself crashes after a good handshake with DHE-PSK or ECDHE-PSK.
            report = await client.stdout.readuntil(b"hello from here") if name == "PSK 1.2" else b""
        return known, report

    (identity, version), report = asyncio.run(main())
    assert identity == "alice"
    assert version == ("TLSv1.3" if name == "1.3" else "TLSv1.2")
    if name == "PSK 1.2":
        assert b"Handshake was completed" in report
