"""Mp procedures between two processes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediasec.errors import MalformedMessage, RemoteProtocolError
from mediasec.procedures.mp.elements import Address, Floor, PreSharedKey, TcpEstablishment, TlsSide, Transport
from mediasec.procedures.mp.encoding import MAX_OCTETS, decode, encode
from mediasec.procedures.mp.messages import (
    MESSAGES,
    ConfigureBfcpTermination,
    ConfigureConferenceForFloorControl,
    Refusal,
    ReleaseImsTermination,
    Reply,
    Security,
    TcpEstablishmentFailure,
    TlsEstablishmentFailure,
)

EXAMPLES = [
    ConfigureConferenceForFloorControl(conference_id=7, floors=(Floor(floor_id=1, streams=("m1", "m2")),)),
    ConfigureBfcpTermination(
        context=1,
        local_resources=Transport.TCP_TLS_BFCP,
        user_id=2,
        remote_address=Address(host="2001:db8::1", port=9),
        security=Security(
            pre_shared_key=PreSharedKey(identity="é", key=b"\x00\xff" * 8),
            tcp_establishment=TcpEstablishment.ACTIVE,
            tls_side=TlsSide.SERVER,
            notify_tcp_failure=True,
        ),
    ),
    ReleaseImsTermination(context=1, termination=2),
    Reply(context=1, termination=2, local_address=Address(host="192.0.2.9", port=50000)),
    Refusal(reason="There is no such context."),
    TcpEstablishmentFailure(context=1, termination=2, reason="Nobody listens."),
    TlsEstablishmentFailure(context=1, termination=2, reason="The peer has another key."),
]


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: message.procedure)
def test_mpp_010__a_message_survives(message) -> None:
    """What is encoded is decoded the same."""
    assert decode(encode(message)) == message


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"[" * 100_000,
        b'{"procedure": "Send Tone"}',
        b'{"procedure": ["Reply"]}',
        b'{"procedure": "Reply", "context": "1"}',
        b'{"procedure": "Reply", "context": true}',
        b'{"procedure": "Reply", "context": -1}',
        b'{"procedure": "Reply", "context": 1, "ticket": "AQ=="}',
        b'{"procedure": "Reply"}',
        b'{"procedure": "Reserve IMS Resources", "local_resources": "UDP/BFCP"}',
        b'{"procedure": "Reserve IMS Resources", "local_resources": "TCP/BFCP", "security": 1}',
        b'{"procedure": "Refusal", "reason": "' + b"a" * MAX_OCTETS + b'"}',
    ],
)
def test_mpp_010__what_does_not_decode_is_refused(data: bytes) -> None:
    """Another type, another element, another procedure and a message too long are malformed."""
    with pytest.raises(MalformedMessage):
        decode(data)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.sampled_from([message.procedure for message in MESSAGES]),
    st.dictionaries(
        st.sampled_from(["context", "termination", "security", "local_resources", "reason", "floors"]),
        _VALUES,
    ),
)
def test_mpp_010__no_object_raises_anything_else(procedure: str, found: dict[str, object]) -> None:
    """Any JSON ends in a message or in an error of the peer."""
    try:
        message = decode(json.dumps({"procedure": procedure} | found).encode())
    except RemoteProtocolError:
        return
    assert decode(encode(message)) == message
