"""RFC 6043, 4.2.2.1: what TRANSFER_INIT has, and whom it is for."""

import pytest

from mediasec.errors import LocalProtocolError, RequirementViolated
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import GeneralExtension, Kemac, SecurityPolicy, Ticket, Timestamp
from mediasec.mikey.registry import IdentityRole, KeyDataType, RandRole, TicketFlag
from mediasec.mikey.rules import check_message
from mediasec.mikey.strength import check_algorithms
from mediasec.procedures import ticket_terms as terms
from mediasec.procedures.ticket_responder import ResponderState

NOW = 1_796_126_400.0
CASES = ["mode_1", "mode_1_forking_256", "mode_1_initiator_key", "mode_2_no_response", "mode_3_key_wrap"]


@pytest.mark.parametrize("case", CASES)
def test_proc_130__transfer_init_keeps_every_rule(replayed, joined, case):
    """TRANSFER_INIT has all that it must have, and breaks no rule."""
    parties = replayed(case)
    message = Message.parse(joined(parties)["TRANSFER_INIT"])
    assert check_message(message) == []
    assert check_algorithms(message) == []
    assert message.identity(IdentityRole.INITIATOR).data == parties.identities["initiator"].data
    assert message.identity(IdentityRole.RESPONDER).data == parties.identities["called"].data
    assert len(message.rand(RandRole.INITIATOR).value) == parties.settings.suite.key_length
    assert message.all(SecurityPolicy) == (parties.settings.profile.security_policy(),)
    assert message.first(GeneralExtension).protocols == ("mikey",)
    assert message.header.response_expected == ("F" in parties.exchange["flags"])
    assert (message.first(Kemac) is not None) == (case == "mode_1_initiator_key")
    assert message.first(Timestamp) is not None


def test_proc_130__list_of_protocols_is_that_of_the_offer(replayed, octet_stream):
    """The list of key management protocols is the one that the SDP offer will have."""
    parties = replayed("mode_4")
    parties.make_ticket()
    octets = parties.initiator.transfer(
        parties.identities["called"], NOW, octet_stream(), protocols=("mikey", "keyp1")
    )
    assert Message.parse(octets).first(GeneralExtension).data == b"mikey;keyp1"


def test_proc_130__key_of_the_initiator_needs_the_flag(replayed, octet_stream):
    """Without the flag L there is no KEMAC."""
    parties = replayed("mode_1")
    parties.request()
    parties.initiator.receive_ticket(parties.octets["REQUEST_RESP"], NOW)
    with pytest.raises(LocalProtocolError, match="PROC_130"):
        parties.initiator.transfer(
            parties.identities["called"], NOW, octet_stream(), supplied=KeyDataType.TGK
        )
    assert TicketFlag.INITIATOR_KEYS not in parties.initiator.ticket.ticket.policy.flags


def test_proc_130__short_keys_do_not_shorten_the_random_value(replayed, octet_stream):
    """RANDRi is as long as the longest key of the ticket."""
    parties = replayed("mode_1")
    parties.request()
    granted = parties.initiator.receive_ticket(parties.octets["REQUEST_RESP"], NOW)
    longest = max(len(key.key) for key in granted.keys.session_keys)
    octets = parties.initiator.transfer(parties.identities["called"], NOW, octet_stream())
    assert len(Message.parse(octets).rand(RandRole.INITIATOR).value) >= longest
    assert Message.parse(octets).first(Ticket).data == granted.ticket.data


@pytest.mark.parametrize("groups", [[], ["sip:another-conference@example.com"]])
def test_proc_147__transfer_for_somebody_else_is_refused(replayed, octet_stream, groups):
    """A Responder that is not called, and answers for no group that is, refuses."""
    parties = replayed("mode_1")
    parties.identities["responder"] = terms.uri_identity("sip:somebody-else@example.com")
    own = [group.encode() for group in groups]
    responder = parties.new_responder(groups=own)
    octets = parties.octets["TRANSFER_INIT"]
    with pytest.raises(RequirementViolated):
        responder.receive_transfer(octets, NOW, octet_stream())
    message = Message.parse(octets)
    responder._own = frozenset([*own, b"sip:mrfc-2@example.com"])
    answer = responder.receive_transfer(octets, NOW, octet_stream())
    assert answer.to_kms is not None
    assert message.identity(IdentityRole.RESPONDER).data == b"sip:mrfc-2@example.com"


def test_proc_147__group_in_the_ticket_is_not_enough(replayed, octet_stream):
    """Being authorized by the ticket does not make a Responder the one that is called."""
    parties = replayed("mode_1_forking")
    called = parties.identities["called"].data
    parties.initiator = parties.new_initiator()
    parties.request()
    parties.initiator.receive_ticket(parties.octets["REQUEST_RESP"], NOW)
    other = terms.uri_identity("sip:ue-b@example.com")
    octets = parties.initiator.transfer(other, NOW, octet_stream())
    responder = parties.new_responder(groups=[called])
    with pytest.raises(RequirementViolated, match="PROC_147"):
        responder.receive_transfer(octets, NOW, octet_stream())
    assert responder.state is ResponderState.IDLE
