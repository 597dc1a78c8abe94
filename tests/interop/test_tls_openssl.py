"""TLS with pre-shared keys against OpenSSL's `s_client` and `s_server`."""

import asyncio
import contextlib
import re
import ssl

import pytest

from mediasec.endpoints.listener import listen
from mediasec.endpoints.stream import connect
from mediasec.endpoints.tls_profile import CipherSuite, TlsProfile, UnknownIdentity
from mediasec.endpoints.tls_session import TlsClient, TlsFailed, TlsFailure, TlsServer

KEY = bytes(range(32))
WRONG = bytes(32)
IDENTITY = "sip:älice@example.com"
ONE_THREE = TlsProfile(versions=frozenset({ssl.TLSVersion.TLSv1_3}))
SUITES = [
    CipherSuite.ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite.DHE_PSK_WITH_AES_128_GCM_SHA256,
    CipherSuite.DHE_PSK_WITH_AES_256_GCM_SHA384,
    CipherSuite.ECDHE_PSK_WITH_AES_128_CBC_SHA256,
    CipherSuite.ECDHE_PSK_WITH_AES_256_CBC_SHA384,
    CipherSuite.ECDHE_PSK_WITH_AES_128_CBC_SHA,
    CipherSuite.DHE_PSK_WITH_AES_128_CBC_SHA,
    CipherSuite.PSK_WITH_AES_128_GCM_SHA256,
    CipherSuite.PSK_WITH_AES_256_GCM_SHA384,
    CipherSuite.PSK_WITH_AES_128_CBC_SHA256,
    CipherSuite.PSK_WITH_AES_128_CBC_SHA,
    CipherSuite.PSK_WITH_AES_256_CBC_SHA,
]
CELLS = [
    *(pytest.param(TlsProfile(suites=(suite,)), suite.openssl_name, id=suite.name) for suite in SUITES),
    pytest.param(ONE_THREE, None, id="TLS_1_3"),
]
VERSIONS = [pytest.param(TlsProfile(), id="1.2"), pytest.param(ONE_THREE, id="1.3")]


def arguments(profile: TlsProfile, suite: str | None, key: bytes, identity: str = IDENTITY) -> list[str]:
    """Return what tells OpenSSL of a version, a suite and a key."""
    version = "-tls1_3" if profile is ONE_THREE else "-tls1_2"
    chosen = ["-cipher", suite] if suite else []
    if version == "-tls1_2" and suite is None:
        chosen = ["-cipher", "PSK"]
    return [version, *chosen, "-psk_identity", identity, "-psk", key.hex()]


@contextlib.asynccontextmanager
async def running(*command: str):
    """Run a program with pipes, and end it."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(20):
            yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


@contextlib.asynccontextmanager
async def s_server(openssl: str, *options: str):
    """Run `openssl s_server` on a free port, answering each line with its reverse; yield process and port."""
    async with running(
        openssl, "s_server", "-accept", "127.0.0.1:0", "-rev", "-naccept", "4", *options
    ) as process:
        while not (found := re.match(rb"ACCEPT 127\.0\.0\.1:(\d+)", await process.stdout.readline())):
            assert not process.stdout.at_eof(), await process.stderr.read()
        yield process, int(found[1])


async def echo(stream) -> None:
    """Send back each line behind the identity."""
    while octets := await stream.read():
        await stream.write(stream.identity.encode() + b": " + octets)


@pytest.mark.parametrize(("profile", "suite"), CELLS)
def test_our_server_serves_s_client(need, profile, suite):
    """`s_client` gets a connection with each suite, and we know its identity."""

    async def main():
        server = TlsServer({IDENTITY: KEY}.get, profile=profile)
        async with (
            await listen(echo, "127.0.0.1", 0, server) as listener,
            running(
                need("openssl"),
                *("s_client", "-connect", f"127.0.0.1:{listener.port}", "-brief"),
                *arguments(profile, suite, KEY),
            ) as client,
        ):
            client.stdin.write(b"hello\n")
            answer = await client.stdout.readline()
            client.stdin.close()
            return answer, await client.stderr.read()

    answer, report = asyncio.run(main())
    assert answer.decode() == f"{IDENTITY}: hello\n"
    if suite:
        assert f"Ciphersuite: {suite}" in report.decode()


@pytest.mark.parametrize(("profile", "suite"), CELLS)
def test_our_client_is_served_by_s_server(need, profile, suite):
    """`s_server` gives us a connection with each suite."""

    async def main():
        async with s_server(need("openssl"), "-nocert", *arguments(profile, suite, KEY)) as (_, port):
            stream = await connect("127.0.0.1", port, TlsClient(IDENTITY, KEY, profile=profile))
            await stream.write(b"hello\n")
            answer = await stream.read()
            used = stream.get_extra_info("cipher")
            await stream.close()
            return answer, used

    answer, used = asyncio.run(main())
    assert answer == b"olleh\n"
    if suite:
        assert used == suite


@pytest.mark.parametrize("profile", VERSIONS)
@pytest.mark.parametrize(
    ("identity", "key", "alerts", "failure"),
    [
        # OpenSSL 3.5 and later answer a wrong key in TLS 1.3 by another alert than 3.0.
        pytest.param(IDENTITY, WRONG, {20, 47, 51}, TlsFailure.WRONG_KEY, id="wrong key"),
        pytest.param("nobody", KEY, {115, 40}, TlsFailure.UNKNOWN_IDENTITY, id="unknown identity"),
    ],
)
def test_s_client_is_refused_and_gets_the_alert(need, profile, identity, key, alerts, failure):
    """`s_client` with a wrong key or an unknown identity reads our alert; we report the reason."""

    async def main():
        failures = []
        server = TlsServer({IDENTITY: KEY}.get, profile=profile)
        async with (
            await listen(
                echo, "127.0.0.1", 0, server, failed=lambda _, error: failures.append(error)
            ) as listener,
            running(
                need("openssl"),
                *("s_client", "-connect", f"127.0.0.1:{listener.port}", "-brief"),
                *arguments(profile, None, key, identity),
            ) as client,
        ):
            return await client.stderr.read(), await client.wait(), failures

    report, code, failures = asyncio.run(main())
    assert code != 0
    assert {int(number) for number in re.findall(rb"SSL alert number (\d+)", report)} & alerts
    assert [error.failure for error in failures] == [failure]


@pytest.mark.parametrize("profile", VERSIONS)
def test_s_client_cannot_tell_an_unknown_identity_where_it_is_hidden(need, profile):
    """A server that hides its identities answers `s_client` the same alert for both."""
    hiding = TlsProfile(versions=profile.versions, unknown_identity=UnknownIdentity.AS_WRONG_KEY)

    async def main():
        found = []
        async with await listen(
            echo, "127.0.0.1", 0, TlsServer({IDENTITY: KEY}.get, profile=hiding)
        ) as listener:
            for identity, key in ((IDENTITY, WRONG), ("nobody", KEY)):
                async with running(
                    need("openssl"),
                    *("s_client", "-connect", f"127.0.0.1:{listener.port}", "-brief"),
                    *arguments(profile, None, key, identity),
                ) as client:
                    found.append(re.findall(rb"SSL alert number (\d+)", await client.stderr.read()))
        return found

    wrong, unknown = asyncio.run(main())
    assert wrong == unknown != []


@pytest.mark.parametrize(
    ("profile", "identity", "key", "failure"),
    [
        pytest.param(TlsProfile(), IDENTITY, WRONG, TlsFailure.WRONG_KEY, id="wrong key, 1.2"),
        pytest.param(ONE_THREE, IDENTITY, WRONG, TlsFailure.WRONG_KEY, id="wrong key, 1.3"),
        # In TLS 1.2 s_server only warns of an identity that is not its own.
        pytest.param(ONE_THREE, "nobody", KEY, TlsFailure.NOTHING_IN_COMMON, id="unknown identity, 1.3"),
    ],
)
def test_s_server_refuses_us(need, profile, identity, key, failure):
    """`s_server` refuses our client with a wrong key or an unknown identity, and we know why."""

    async def main():
        async with s_server(need("openssl"), "-nocert", *arguments(profile, None, KEY)) as (_, port):
            with pytest.raises(TlsFailed) as caught:
                await connect("127.0.0.1", port, TlsClient(identity, key, profile=profile))
        return caught.value.failure

    assert asyncio.run(main()) is failure


@pytest.mark.verifies("TLS_022")
@pytest.mark.parametrize("profile", VERSIONS)
def test_a_rogue_server_with_a_certificate_is_refused(need, profile, tmp_path):
    """`s_server` with a certificate and without the key does not get our client."""

    async def main():
        openssl = need("openssl")
        certificate, private = str(tmp_path / "rogue.pem"), str(tmp_path / "rogue.key")
        async with running(
            *(openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-subj", "/CN=127.0.0.1", "-days", "1", "-keyout", private, "-out", certificate),
        ) as making:
            assert await making.wait() == 0
        version = "-tls1_3" if profile is ONE_THREE else "-tls1_2"
        async with s_server(openssl, "-cert", certificate, "-key", private, version) as (_, port):
            with pytest.raises(TlsFailed) as caught:
                await connect("127.0.0.1", port, TlsClient(IDENTITY, KEY, profile=profile))
        return caught.value.failure

    wanted = TlsFailure.NO_SHARED_KEY if profile is ONE_THREE else TlsFailure.NOTHING_IN_COMMON
    assert asyncio.run(main()) is wanted


@pytest.mark.verifies("TLS_020")
def test_the_hint_of_s_server_is_ignored(need):
    """A server that sends a hint gets the identity that we were given."""

    async def main():
        options = ("-nocert", "-psk_hint", "somebody", *arguments(TlsProfile(), None, KEY))
        async with s_server(need("openssl"), *options) as (_, port):
            stream = await connect("127.0.0.1", port, TlsClient(IDENTITY, KEY))
            await stream.write(b"hello\n")
            answer = await stream.read()
            await stream.close()
            return answer

    assert asyncio.run(main()) == b"olleh\n"


@pytest.mark.verifies("TLS_028")
@pytest.mark.parametrize("profile", VERSIONS)
def test_who_opens_tcp_serves_s_client(need, profile):
    """We open TCP and are the TLS server of `s_client`, which a splice of two TCP connections leads to us."""

    async def main():
        met = asyncio.get_running_loop().create_future()
        done = asyncio.Event()

        async def splice(reader, writer):
            if not met.done():
                met.set_result((reader, writer))
                await done.wait()
                return
            other_reader, other_writer = await met
            await asyncio.gather(copy(reader, other_writer), copy(other_reader, writer))
            done.set()

        async def copy(source, target):
            while octets := await source.read(65536):
                target.write(octets)
                await target.drain()
            target.close()
            await target.wait_closed()

        async with await asyncio.start_server(splice, "127.0.0.1", 0) as meeting:
            port = meeting.sockets[0].getsockname()[1]
            async with running(
                need("openssl"),
                *("s_client", "-connect", f"127.0.0.1:{port}", "-brief"),
                *arguments(profile, None, KEY),
            ) as client:
                await met
                server = TlsServer({IDENTITY: KEY}.get, profile=profile)
                stream = await connect("127.0.0.1", port, server)
                await stream.write(f"hello {stream.identity}\n".encode())
                answer = await client.stdout.readline()
                client.stdin.close()
                assert await stream.read() == b""
                await stream.close()
                await done.wait()
                return answer.decode()

    assert asyncio.run(main()) == f"hello {IDENTITY}\n"


@pytest.mark.verifies("TLS_024")
def test_s_client_cannot_begin_another_handshake(need):
    """A client of TLS 1.2 that wants to renegotiate is refused, and its identity stays what it was."""

    async def main():
        async with (
            await listen(echo, "127.0.0.1", 0, TlsServer({IDENTITY: KEY}.get)) as listener,
            running(
                need("openssl"),
                *("s_client", "-connect", f"127.0.0.1:{listener.port}"),
                *arguments(TlsProfile(), None, KEY),
            ) as client,
        ):
            client.stdin.write(b"hello\n")
            while not (answer := await client.stdout.readline()).endswith(b"hello\n"):
                assert answer
            client.stdin.write(b"R\n")
            return answer, await client.stderr.read()

    answer, report = asyncio.run(main())
    assert answer.decode() == f"{IDENTITY}: hello\n"
    assert b"no renegotiation" in report


@pytest.mark.verifies("TLS_024")
@pytest.mark.parametrize("profile", VERSIONS)
def test_s_client_resumes_nothing(need, profile):
    """`s_client -reconnect` makes five more connections; each asks for the key of its identity."""

    async def main():
        asked = []

        def lookup(identity):
            asked.append(identity)
            return KEY

        async with (
            await listen(echo, "127.0.0.1", 0, TlsServer(lookup, profile=profile)) as listener,
            running(
                need("openssl"),
                *("s_client", "-connect", f"127.0.0.1:{listener.port}", "-reconnect"),
                *arguments(profile, None, KEY),
            ) as client,
        ):
            client.stdin.close()
            report = await client.stdout.read()
        return asked, report

    asked, report = asyncio.run(main())
    assert len(asked) == 6
    assert set(asked) == {IDENTITY}
    if profile is not ONE_THREE:
        assert b"Reused, " not in report
