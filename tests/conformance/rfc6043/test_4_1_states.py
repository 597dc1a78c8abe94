"""RFC 6043, 4.1: each party takes the exchanges in their order."""

import pytest

from mediasec.errors import LocalProtocolError
from mediasec.procedures.ticket_initiator import (
    INITIATOR_TRANSITIONS,
    InitiatorEvent,
    InitiatorState,
)
from mediasec.procedures.ticket_responder import (
    RESPONDER_TRANSITIONS,
    ResponderEvent,
    ResponderState,
)

NOW = 1_796_126_400.0


def test_proc_140__whole_exchange_moves_both_parties(replayed, joined):
    """A whole exchange takes each party through its states."""
    parties = replayed("mode_1_forking")
    assert (parties.initiator.state, parties.responder.state) == (InitiatorState.IDLE, ResponderState.IDLE)
    joined(parties)
    assert parties.initiator.state is InitiatorState.ESTABLISHED
    assert parties.responder.state is ResponderState.ESTABLISHED


@pytest.mark.parametrize("case", ["mode_2", "mode_2_no_response", "mode_3", "mode_4"])
def test_proc_140__other_modes_end_established(replayed, joined, case):
    """The other modes have fewer steps and the same end."""
    parties = replayed(case)
    joined(parties)
    assert parties.initiator.state is InitiatorState.ESTABLISHED
    assert parties.responder.state is ResponderState.ESTABLISHED


def test_proc_140__step_out_of_order_is_refused(replayed, joined, octet_stream):
    """What the state does not allow is refused, and changes nothing."""
    parties, random = replayed("mode_1"), octet_stream()
    called = parties.identities["called"]
    with pytest.raises(LocalProtocolError):
        parties.initiator.transfer(called, NOW, random)
    with pytest.raises(LocalProtocolError):
        parties.initiator.receive_ticket(parties.octets["REQUEST_RESP"], NOW)
    with pytest.raises(LocalProtocolError):
        parties.initiator.receive_response(parties.octets["TRANSFER_RESP"])
    with pytest.raises(LocalProtocolError):
        parties.responder.receive_keys(parties.octets["RESOLVE_RESP"], NOW, random)
    joined(parties)
    with pytest.raises(LocalProtocolError, match="PROC_140"):
        parties.initiator.request_ticket([called], NOW, random)
    with pytest.raises(LocalProtocolError, match="PROC_140"):
        parties.initiator.make_ticket([called], parties.ticket_key, NOW, random)
    with pytest.raises(LocalProtocolError, match="PROC_140"):
        parties.responder.receive_transfer(parties.octets["TRANSFER_INIT"], NOW, random)


@pytest.mark.parametrize(
    ("table", "states", "events", "first"),
    [
        (INITIATOR_TRANSITIONS, InitiatorState, InitiatorEvent, InitiatorState.IDLE),
        (RESPONDER_TRANSITIONS, ResponderState, ResponderEvent, ResponderState.IDLE),
    ],
)
def test_proc_140__every_state_is_reached_and_every_event_used(
    replayed, joined, table, states, events, first
):
    """The table leads from the first state to every other one."""
    joined(replayed("mode_4"))
    assert {event for _, event in table} == set(events)
    reached = {first}
    for _ in states:
        reached |= {after for (before, _), after in table.items() if before in reached}
    assert reached == set(states)
