"""RFC 3830, 10.1: the media type of a MIKEY message."""

import pytest

from mpspec.flows.scene import CONFERENCE


def test_kms_002__messages_are_application_mikey(on_network):
    """Request and response name the media type."""

    async def run(watched):
        async with watched.scene() as scene:
            await (await scene.ue("UE-A")).dial_in(CONFERENCE, scene.mrfc)
            return b"".join(each.octets for each in watched.network.segments)

    assert on_network(run).lower().count(b"content-type: application/mikey") == 8


@pytest.mark.parametrize("media_type", ["text/plain", "application/octet-stream", "application/mikey2"])
def test_kms_002__another_media_type_is_refused(on_network, media_type):
    """A body of another type is not looked at."""

    async def run(watched):
        async with watched.scene() as scene, watched.http("UE-A") as session:
            headers = {"Content-Type": media_type}
            async with session.post(scene.kms_url, data=b"\x01\x0b", headers=headers) as response:
                return response.status

    assert on_network(run) == 415
