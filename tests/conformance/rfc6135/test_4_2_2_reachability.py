"""RFC 6135, 4.2.2: what a UE offers and answers that can be reached, and one that cannot."""

import pytest

from mpspec.flows.scene import CONFERENCE, uri_of


@pytest.mark.parametrize(("reachable", "setup"), [(True, b"actpass"), (False, b"active")])
def test_node_008__offer(on_network, reachable, setup):
    """A UE that can be reached offers actpass at the port where it listens; another one active at port 9."""

    async def run(watched):
        async with watched.scene() as scene:
            await (await scene.ue("UE-A", reachable=reachable)).dial_in(CONFERENCE, scene.mrfc)
            return next(each.octets for each in watched.sent if each.name == "SDP offer")

    offer = on_network(run)
    assert offer.count(b"a=setup:%b\r\n" % setup) == 2
    assert (b"m=message 9 " in offer) is not reachable


@pytest.mark.parametrize(("reachable", "setup"), [(True, b"passive"), (False, b"active")])
def test_node_008__answer(on_network, reachable, setup):
    """A UE that can be reached answers actpass with passive, another one with active."""

    async def run(watched):
        async with watched.scene() as scene:
            ue = await scene.ue("UE-B", reachable=reachable)
            leg = await scene.mrfc.dial_out(scene.conference, uri_of("UE-B"), ue)
            await ue.calls[leg.call_id].established()
            return next(each.octets for each in watched.sent if each.name == "SDP answer")

    assert on_network(run).count(b"a=setup:%b\r\n" % setup) == 2
