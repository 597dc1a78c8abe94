"""RFC 6043, 7: Ticket Request and Ticket Resolve over HTTP."""

import asyncio

import pytest

from mediasec.nodes.kms_client import MAX_MESSAGE_OCTETS, KmsClient, KmsUnavailable
from mediasec.nodes.observation import Medium
from mpspec.flows.scene import CONFERENCE

URL_OF_NOBODY = "http://192.0.2.99:80/"


def post(on_network, octets: bytes, **request):
    """Post octets to the KMS of a scene; return status, media type and body."""

    async def run(watched):
        async with watched.scene() as scene, watched.http("UE-A") as session:
            headers = {"Content-Type": request.pop("media_type", "application/mikey")}
            url = scene.kms_url.rstrip("/") + request.pop("path", "/")
            async with session.request(
                request.pop("method", "POST"), url, data=octets, headers=headers
            ) as response:
                return response.status, response.content_type, await response.read()

    return on_network(run)


def test_kms_001__request_and_resolve_are_posted(on_network):
    """Both exchanges are answered in the body of the response."""

    async def run(watched):
        async with watched.scene() as scene:
            await (await scene.ue("UE-A")).dial_in(CONFERENCE, scene.mrfc)
            return watched.names(Medium.KMS), watched.network.segments

    names, segments = on_network(run)
    assert names == ["REQUEST_INIT_PSK", "REQUEST_RESP"] * 2 + ["RESOLVE_INIT_PSK", "RESOLVE_RESP"] * 2
    requests = [each.octets for each in segments if each.octets.startswith(b"POST / HTTP/1.1")]
    assert len(requests) == 4


@pytest.mark.parametrize(
    ("octets", "status"),
    [(b"", 400), (b"no message", 400), (bytes(MAX_MESSAGE_OCTETS + 1), 413)],
    ids=["empty", "no MIKEY", "too long"],
)
def test_kms_001__what_is_no_message_is_refused(on_network, octets, status):
    """A body that is no MIKEY message gets an HTTP status, and no MIKEY message."""
    found, media_type, body = post(on_network, octets)
    assert found == status
    assert media_type == "text/plain"
    assert b"Traceback" not in body


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/", 405), ("POST", "/tickets", 404)])
def test_kms_001__another_method_or_path_is_refused(on_network, method, path, status):
    """Nothing but POST to the one path reaches the KMS, which says so by another status."""
    assert post(on_network, b"")[0] == 400
    assert post(on_network, b"", method=method, path=path)[0] == status


def test_kms_001__a_kms_that_is_not_there_is_reported(on_network):
    """Where nobody listens, asking raises in a plain sentence."""

    async def run(watched):
        async with KmsClient(URL_OF_NOBODY, watched.surroundings("UE-A")) as client:
            with pytest.raises(KmsUnavailable) as caught:
                await client.ask(b"octets")
            return str(caught.value)

    assert on_network(run) == "The KMS cannot be reached."


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi",
        b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/mikey\r\nContent-Length: 300000\r\n\r\n"
        + bytes(300000),
        b"SSH-2.0-nothing\r\n",
        b"",
    ],
    ids=["500", "another type", "moved", "too long", "no HTTP", "closed"],
)
def test_kms_001__an_answer_that_is_none_is_reported(on_network, answer):
    """An answer without a MIKEY message, a redirection and a flood raise, and are not believed."""

    async def serve(reader, writer):
        await reader.read(1024)
        writer.write(answer)
        await writer.drain()
        writer.close()

    async def run(watched):
        async with (
            await asyncio.start_server(serve, "192.0.2.1", 8080),
            KmsClient("http://192.0.2.1:8080/", watched.surroundings("UE-A")) as client,
        ):
            with pytest.raises(KmsUnavailable):
                await client.ask(b"octets")
        return True

    assert on_network(run)
