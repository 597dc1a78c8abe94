"""RFC 6043, 5.4: Error messages."""

import dataclasses

import pytest

from mediasec.errors import AuthenticationFailed, Finding, MalformedMessage, RequirementViolated
from mediasec.mikey.exchange_rules import check_exchange
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Error, SecurityPolicy, Timestamp
from mediasec.mikey.profile import Profile
from mediasec.mikey.protection import ProtectionKeys
from mediasec.mikey.registry import DataType, ErrorNumber, TimestampType
from mediasec.mikey.rules import check_message
from mediasec.procedures.ticket_grants import GrantRules
from mediasec.procedures.ticket_initiator import InitiatorState
from mediasec.procedures.ticket_messages import authenticated_refusal, error_message, error_number, read
from mediasec.procedures.ticket_responder import ResponderState
from mediasec.procedures.ticket_terms import PeerRefused

NOW = 1_796_126_400.0
STAMP = Timestamp.of_unix_time(NOW, TimestampType.NTP_UTC)


@pytest.mark.parametrize("name", ["REQUEST_INIT", "REQUEST_RESP", "TRANSFER_INIT", "RESOLVE_RESP"])
def test_proc_101__message_that_is_due_is_read(replayed, name):
    """A message of the type that is due is read."""
    octets = replayed("mode_1").octets[name]
    data_type = Message.parse(octets).header.data_type
    assert read(octets, [data_type]).message.octets == octets


def test_proc_101__other_messages_are_refused(replayed):
    """A message of another type is refused, of an unknown one too."""
    parties = replayed("mode_1")
    for name, octets in parties.octets.items():
        for changed in (octets, octets[:1] + b"\xee" + octets[2:]):
            with pytest.raises(RequirementViolated, match="PROC_101") as refusal:
                read(changed, [DataType.PSK])
            assert error_number(refusal.value) is ErrorNumber.INVALID_DT, name


def test_proc_102__refusal_of_the_vector_is_authentic(replayed):
    """The Error message of the vector ends the exchange."""
    parties = replayed("mode_1_request_refused")
    parties.request()
    with pytest.raises(PeerRefused) as refusal:
        parties.initiator.receive_ticket(parties.octets["ERROR"], NOW)
    assert refusal.value.authentic
    assert refusal.value.numbers == (ErrorNumber.INVALID_TPPAR,)
    assert str(refusal.value) == "The peer refused: INVALID_TPPAR."
    assert parties.initiator.state is InitiatorState.REFUSED


def test_proc_102__refusal_of_the_kms_reaches_both_parties(replayed, octet_stream):
    """What the KMS refuses after authentication it refuses with a MAC."""
    parties, random = replayed("mode_1_forking"), octet_stream()
    kms = parties.new_kms(rules=GrantRules(forbidden=parties.settings.flags))
    asked = parties.initiator.request_ticket([parties.identities["called"]], NOW, random)
    with pytest.raises(PeerRefused):
        parties.initiator.receive_ticket(kms.answer(asked, NOW, random).reply, NOW)
    assert parties.initiator.state is InitiatorState.REFUSED
    taken = parties.responder.receive_transfer(parties.octets["TRANSFER_INIT"], NOW, random)
    late = dataclasses.replace(parties.settings, window_seconds=1e6)
    parties.settings = late
    answer = parties.new_kms().answer(taken.to_kms, NOW + 1e5, random)
    with pytest.raises(PeerRefused):
        parties.responder.receive_keys(answer.reply, NOW, random)
    assert parties.responder.state is ResponderState.REFUSED


def test_proc_102__error_with_another_mac_is_no_refusal(replayed):
    """An Error message whose MAC does not verify, and any other message, is no refusal."""
    parties = replayed("mode_1_request_refused")
    parties.request()
    keys, octets = parties.initiator._asked.initial_keys, parties.octets["ERROR"]
    assert authenticated_refusal(octets, keys).authentic
    for wrong in (octets[:-1] + bytes([octets[-1] ^ 1]), octets[:-1], b"", parties.octets["REQUEST_INIT"]):
        assert authenticated_refusal(wrong, keys) is None


@pytest.mark.parametrize(
    ("error", "number"),
    [
        (AuthenticationFailed(), ErrorNumber.AUTH_FAILURE),
        (MalformedMessage("short"), ErrorNumber.UNSPECIFIED),
        (RequirementViolated(Finding(requirement="X", where="", message="")), ErrorNumber.UNSPECIFIED),
        (
            RequirementViolated(
                Finding(requirement="X", where="", message=""),
                Finding(requirement="Y", where="", message="", reply=ErrorNumber.INVALID_ID),
                Finding(requirement="Z", where="", message="", reply=ErrorNumber.INVALID_SP),
            ),
            ErrorNumber.INVALID_ID,
        ),
    ],
)
def test_proc_103__number_says_what_was_wrong(error, number):
    """The error number is that of the first requirement with one, or says authentication, or nothing."""
    assert error_number(error) is number


@pytest.mark.parametrize("name", ["REQUEST_INIT", "TRANSFER_INIT", "RESOLVE_INIT", "TRANSFER_RESP"])
def test_proc_104__error_copies_the_header_and_keeps_every_rule(replayed, name):
    """An Error message copies version, PRF and CSB ID, and has a fresh timestamp and the V flag 0."""
    faulty = replayed("mode_1_forking_256").octets[name]
    answer = Message.parse(error_message(faulty, AuthenticationFailed(), STAMP))
    assert check_message(answer) == []
    assert check_exchange(Message.parse(faulty), answer) == []
    assert answer.first(Timestamp) == STAMP
    assert not answer.header.response_expected
    assert answer.authenticator is None


def test_proc_104__error_with_a_mac_has_the_algorithm_of_its_prf(replayed):
    """The MAC of an Error message fits the PRF that it copies."""
    for case, length in (("mode_1", 20), ("mode_1_forking_256", 32)):
        faulty = replayed(case).octets["REQUEST_INIT"]
        keys = ProtectionKeys(lambda *, constant, length: bytes(length), 1)
        answer = Message.parse(error_message(faulty, MalformedMessage("x"), STAMP, keys=keys))
        assert len(answer.authenticator.mac) == length
        assert authenticated_refusal(answer.serialize(), keys) is not None


def test_proc_104__there_is_no_error_about_an_error(replayed):
    """An Error message, and what has no header of this version, is not answered."""
    parties = replayed("mode_1_request_refused")
    faulty = parties.octets["ERROR"]
    assert error_message(faulty, AuthenticationFailed(), STAMP) is None
    refused = PeerRefused((0,), authentic=False)
    assert error_message(parties.octets["REQUEST_INIT"], refused, STAMP) is None
    assert error_message(b"\x01", AuthenticationFailed(), STAMP) is None
    assert error_message(b"\x02" + parties.octets["REQUEST_INIT"][1:], AuthenticationFailed(), STAMP) is None


def test_proc_105__refusal_of_the_vector_names_what_is_supported(replayed, octet_stream):
    """The Error message about a refused security policy is that of the vector."""
    parties = replayed("mode_1_transfer_refused")
    other = dataclasses.replace(parties.settings, profile=Profile(tls_protocol_type=250))
    responder = parties.new_responder(settings=other)
    faulty = parties.octets["TRANSFER_INIT"]
    with pytest.raises(RequirementViolated) as refusal:
        responder.receive_transfer(faulty, NOW, octet_stream())
    responder._settings = parties.settings
    reply = responder.error_reply(faulty, refusal.value, parties.now("ERROR"))
    assert reply == parties.octets["ERROR"]
    assert Message.parse(reply).all(SecurityPolicy) == (parties.settings.profile.security_policy(),)


def test_proc_105__other_refusals_name_none(replayed):
    """An Error message about something else has no security policy."""
    parties = replayed("mode_1_transfer_refused")
    reply = parties.responder.error_reply(parties.octets["TRANSFER_INIT"], AuthenticationFailed(), NOW)
    assert Message.parse(reply).all(SecurityPolicy) == ()
    initiators = parties.initiator.error_reply(parties.octets["TRANSFER_INIT"], AuthenticationFailed(), NOW)
    assert Message.parse(initiators).first(Error).number is ErrorNumber.AUTH_FAILURE


def test_proc_107__error_without_a_mac_is_but_a_hint(replayed):
    """An Error message without a MAC is reported and changes nothing."""
    parties = replayed("mode_1_transfer_refused")
    parties.request()
    parties.initiator.receive_ticket(parties.octets["REQUEST_RESP"], NOW)
    parties.transfer()
    with pytest.raises(PeerRefused) as refusal:
        parties.initiator.receive_response(parties.octets["ERROR"])
    assert not refusal.value.authentic
    assert refusal.value.numbers == (ErrorNumber.INVALID_SP,)
    assert parties.initiator.state is InitiatorState.TRANSFERRING


def test_proc_107__responder_waits_for_the_right_response(replayed, octet_stream):
    """The Responder too reports such an Error message and waits."""
    parties = replayed("mode_1")
    parties.take()
    bare = error_message(parties.octets["RESOLVE_INIT"], AuthenticationFailed(), STAMP)
    with pytest.raises(PeerRefused) as refusal:
        parties.responder.receive_keys(bare, NOW, octet_stream())
    assert not refusal.value.authentic
    assert parties.take_keys().to_initiator == parties.octets["TRANSFER_RESP"]
