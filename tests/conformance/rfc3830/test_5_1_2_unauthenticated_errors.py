"""RFC 3830, 5.1.2: an unauthenticated Error message is a hint alone."""

import pytest

from mediasec.errors import AuthenticationFailed
from mediasec.mikey.payloads import Timestamp
from mediasec.mikey.registry import TimestampType
from mediasec.procedures.ticket_initiator import InitiatorState
from mediasec.procedures.ticket_messages import error_message
from mediasec.procedures.ticket_terms import PeerRefused

NOW = 1_796_126_400.0


def test_proc_107__initiator_waits_for_the_right_response(replayed):
    """An Error message that anybody could have sent does not end the request."""
    parties = replayed("mode_1")
    stamp = Timestamp.of_unix_time(NOW, TimestampType.NTP_UTC)
    bare = error_message(parties.request(), AuthenticationFailed(), stamp)
    with pytest.raises(PeerRefused) as refusal:
        parties.initiator.receive_ticket(bare, NOW)
    assert not refusal.value.authentic
    assert parties.initiator.state is InitiatorState.REQUESTING
    assert parties.initiator.receive_ticket(parties.octets["REQUEST_RESP"], NOW) is not None
