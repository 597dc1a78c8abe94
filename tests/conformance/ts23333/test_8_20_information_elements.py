"""Information elements of the Mp procedures."""

import json
from dataclasses import replace

import pytest

from mediasec.errors import LocalProtocolError, RequirementViolated
from mediasec.msrp.uri import Uri
from mediasec.nodes.mrfp import Mrfp
from mediasec.procedures.mp.elements import Address, Presence, PreSharedKey, TlsSide, Transport, elements
from mediasec.procedures.mp.encoding import decode, encode
from mediasec.procedures.mp.messages import (
    ConfigureImsResources,
    ReserveAndConfigureImsResources,
    ReserveImsResources,
    Security,
)
from mp_requests import RESERVE, WHOLE

ADDRESS = Address(host="192.0.2.1", port=49152)
REQUEST = ReserveAndConfigureImsResources(
    local_resources=Transport.TCP_TLS_MSRP,
    remote_resources=Transport.TCP_TLS_MSRP,
    remote_address=ADDRESS,
    security=Security(
        pre_shared_key=PreSharedKey(identity="ticket-1", key=bytes(range(16))),
        tls_side=TlsSide.SERVER,
        notify_tls_failure=True,
    ),
)


def test_mpp_001__a_whole_procedure_is_taken() -> None:
    """A procedure with its elements breaks nothing."""
    assert REQUEST.check() == []
    assert decode(encode(REQUEST)) == REQUEST


@pytest.mark.parametrize("name", ["local_resources", "remote_resources", "remote_address"])
def test_mpp_001__a_missing_element_is_refused(name: str) -> None:
    """A procedure without an element that it cannot do without is refused, with the element's name."""
    data = json.loads(encode(REQUEST))
    del data[name]
    with pytest.raises(RequirementViolated) as refused:
        decode(json.dumps(data).encode())
    assert [(each.requirement, each.where) for each in refused.value.findings] == [("MPP_001", name)]
    with pytest.raises(LocalProtocolError):
        encode(replace(REQUEST, **{name: None}))


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        (
            ReserveImsResources(local_resources=Transport.TCP_MSRP),
            {"Context/Context Request": "M", "Local IMS Resources": "M", "Priority information": "O"},
        ),
        (
            ConfigureImsResources(
                context=1, termination=1, remote_resources=Transport.TCP_MSRP, remote_address=ADDRESS
            ),
            {
                "Context": "M",
                "IMS Termination": "M",
                "Remote IMS Resources": "M",
                "Remote Connection Address": "M",
                "MSRP path": "unverified",
            },
        ),
        (
            REQUEST,
            {
                "Context/Context Request": "M",
                "Priority information": "O",
                "Local IMS Resources": "M",
                "Remote IMS Resources": "M",
                "Remote Connection Address": "M",
                "MSRP path": "unverified",
            },
        ),
    ],
)
def test_mpp_002__names_and_status_are_those_of_the_tables(message, wanted: dict[str, str]) -> None:
    """The elements and their status are those that the tables of clause 8 list."""
    assert message.check() == []
    assert {name: str(presence) for _, name, presence in elements(message)} == wanted


def test_mpp_002__a_context_that_is_not_given_is_chosen() -> None:
    """Without a context the procedure asks for one, and is whole."""
    request = decode(b'{"procedure": "Reserve IMS Resources", "local_resources": "TCP/MSRP"}')
    assert isinstance(request, ReserveImsResources)
    assert request.context is None
    assert Presence.UNVERIFIED in {presence for _, _, presence in elements(request.security)}


def test_mpp_011__the_mrfp_makes_the_uri_of_its_side(on_network):
    """The reply has an MSRP URI at the address of the termination, and no two terminations have one URI."""

    async def perform(watched):
        async with Mrfp(watched.surroundings("MRFP")) as mrfp:
            return [await mrfp.perform(request) for request in (RESERVE, WHOLE)]

    replies = on_network(perform)
    uris = [Uri.parse(path) for reply in replies for path in reply.local_msrp.path]
    assert [(uri.scheme, uri.host, uri.port) for uri in uris] == [
        ("msrps", reply.local_address.host, reply.local_address.port) for reply in replies
    ]
    assert uris[0].session_id != uris[1].session_id
    assert [decode(encode(reply)) for reply in replies] == replies
    assert decode(encode(WHOLE)).remote_msrp == WHOLE.remote_msrp
