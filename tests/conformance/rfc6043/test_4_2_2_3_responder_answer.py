"""RFC 6043, 4.2.2.3: what TRANSFER_RESP has, and what the Initiator takes from it."""

import dataclasses

import pytest

from mediasec.errors import LocalProtocolError, RequirementViolated
from mediasec.mikey.exchange_rules import check_exchange, check_modifier
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import GenericMap, Kemac, RoleIdentity, RoleRand, SecurityPolicy
from mediasec.mikey.registry import IdentityRole, KeyDataType, RandRole
from mediasec.mikey.rules import check_message
from mediasec.mikey.strength import check_algorithms
from mediasec.procedures import ticket_terms as terms
from mediasec.procedures.ticket_answer import _settled
from mediasec.procedures.ticket_initiator import InitiatorState
from mediasec.procedures.ticket_subscribers import Subscriber

NOW = 1_796_126_400.0
CASES = [
    "mode_1",
    "mode_1_forking",
    "mode_1_forking_256",
    "mode_1_group_key",
    "mode_1_responder_key",
    "mode_1_salted_key",
    "mode_1_salted_tek",
    "mode_2",
    "mode_3_key_wrap",
    "mode_4",
]


@pytest.mark.parametrize("case", CASES)
def test_proc_133__response_keeps_every_rule(replayed, joined, case):
    """TRANSFER_RESP has all that ticket policy and KMS want, and breaks no rule."""
    parties = replayed(case)
    sent = joined(parties)
    initial, response = (Message.parse(sent[name]) for name in ("TRANSFER_INIT", "TRANSFER_RESP"))
    flags = parties.exchange["flags"]
    assert check_message(response) == []
    assert check_exchange(initial, response) == []
    assert check_algorithms(response) == []
    assert (response.rand(RandRole.RESPONDER) is not None) == ("G" in flags)
    assert (response.first(Kemac) is not None) == (case == "mode_1_responder_key")
    if "RESOLVE_RESP" in sent:
        assert check_modifier(Message.parse(sent["RESOLVE_RESP"]), response) == []


def test_proc_133__key_of_the_responder_needs_the_flag(replayed, octet_stream):
    """Without the flag M the Responder supplies no key, and says so at once."""
    parties = replayed("mode_1")
    with pytest.raises(LocalProtocolError, match="PROC_133"):
        parties.responder.receive_transfer(
            parties.octets["TRANSFER_INIT"], NOW, octet_stream(), supplied=KeyDataType.TEK
        )


@pytest.mark.parametrize("case", ["mode_1", "mode_1_responder_key"])
def test_proc_134__each_session_has_one_policy_and_a_key(replayed, joined, case):
    """Each crypto session has exactly one policy and the SPI of a key that both sides have."""
    parties = replayed(case)
    (session,) = Message.parse(joined(parties)["TRANSFER_RESP"]).header.sessions.sessions
    assert session.policies == (parties.settings.profile.policy_number,)
    assert session.spi == parties.initiator.agreement.bundle.sessions[0].spi


def changed_offer(parties, policies, spi, *, with_policy=True):
    """Let the Initiator describe its crypto session in another way, and both sides go on from there."""
    profile = parties.settings.profile
    own = type(profile).crypto_session

    class Other(type(profile)):
        def crypto_session(self, given=b""):
            return dataclasses.replace(own(self, given), policies=policies, spi=spi)

    other = Other(psk_length=profile.psk_length)
    parties.initiator = parties.new_initiator(profile=other)


@pytest.mark.parametrize(
    ("policies", "spi"), [((), b""), ((0,), b"unknown"), ((), b"unknown"), ((0, 0), b"")]
)
def test_proc_134__responder_fills_in_what_the_offer_leaves_open(replayed, joined, policies, spi):
    """An offer without policy or SPI, or with the SPI of no key, is settled by the Responder."""
    parties = replayed("mode_4")
    changed_offer(parties, policies, spi)
    response = Message.parse(joined(parties)["TRANSFER_RESP"])
    (session,) = response.header.sessions.sessions
    assert session.policies == (0,)
    assert session.spi == parties.initiator.ticket.keys.session_keys[0].validity.value
    expected = () if policies else (parties.settings.profile.security_policy(),)
    assert response.all(SecurityPolicy) == expected
    assert parties.initiator.agreement.bundle == parties.responder.agreement.bundle


def test_proc_132__forked_keys_come_from_identity_and_random_value(replayed, joined):
    """The Initiator forks its keys with what TRANSFER_RESP says, and both sides have the same key."""
    parties = replayed("mode_1_forking")
    joined(parties)
    bundle = parties.initiator.agreement.bundle
    assert bundle == parties.responder.agreement.bundle
    assert bundle.responder == parties.identities["responder"] != parties.identities["called"]


def stripped(octets, wanted):
    message = Message.parse(octets)
    payloads = tuple(each for each in message.payloads if not wanted(each))
    return dataclasses.replace(message, payloads=payloads).serialize()


@pytest.mark.parametrize(
    "wanted",
    [
        lambda each: isinstance(each, RoleIdentity) and each.role == IdentityRole.RESPONDER,
        lambda each: isinstance(each, RoleRand) and each.role == RandRole.KMS,
    ],
)
def test_proc_132__response_without_them_is_refused(replayed, joined, wanted):
    """Without IDRr or RANDRkms forked keys cannot be had."""
    parties = replayed("mode_1_forking")
    with pytest.raises(RequirementViolated, match="PROC_132"):
        joined(parties, TRANSFER_RESP=lambda octets: stripped(octets, wanted))
    assert parties.initiator.state is InitiatorState.TRANSFERRING


@pytest.mark.verifies("MKY_142")
def test_proc_132__short_random_value_of_the_kms_is_refused(replayed, joined):
    """A RANDRkms that is shorter than the keys that it forks is refused."""

    def shorten(octets):
        message = Message.parse(octets)
        payloads = tuple(
            dataclasses.replace(each, value=each.value[:15])
            if isinstance(each, RoleRand) and each.role == RandRole.KMS
            else each
            for each in message.payloads
        )
        return dataclasses.replace(message, payloads=payloads).serialize()

    with pytest.raises(RequirementViolated, match="MKY_142"):
        joined(replayed("mode_1_forking"), TRANSFER_RESP=shorten)


def test_proc_134__map_without_a_session_is_left_alone(replayed):
    """There is nothing to settle where there is no crypto session."""
    empty = GenericMap(sessions=())
    assert _settled(empty, [], replayed("mode_4").settings.profile) == empty


def test_proc_139__another_party_than_the_called_one_names_itself(replayed, joined):
    """A member of a group that is called names itself, without key forking too."""
    parties = replayed("mode_1")
    parties.identities["called"] = terms.uri_identity("sip:conference-7@example.com")
    parties.responder, parties.kms = parties.new_responder(), parties.new_kms()
    response = Message.parse(joined(parties)["TRANSFER_RESP"])
    assert response.identity(IdentityRole.RESPONDER).data == parties.identities["responder"].data
    assert parties.initiator.agreement.bundle == parties.responder.agreement.bundle
    assert parties.initiator.agreement.bundle.responder == parties.identities["responder"]


def test_proc_139__called_party_need_not_be_named(replayed, joined):
    """The party that is called does not name itself again."""
    response = Message.parse(joined(replayed("mode_1"))["TRANSFER_RESP"])
    assert response.identity(IdentityRole.RESPONDER) is None


def test_proc_139__without_a_response_the_called_party_counts(replayed, joined):
    """Where no response can name anybody, both sides know the party that was called."""
    parties = replayed("mode_2_no_response")
    responder = parties.identities["responder"]
    parties.identities["called"] = terms.uri_identity("sip:conference-7@example.com")
    subscribers = [
        Subscriber(
            identity=parties.identities["initiator"],
            credential=parties._shared("psk_of_initiator", "PSK of the Initiator"),
        ),
        Subscriber(identity=parties.identities["called"], ticket_key=parties.ticket_key),
    ]
    parties.responder, parties.kms = parties.new_responder(), parties.new_kms(subscribers=subscribers)
    joined(parties)
    assert parties.initiator.agreement.bundle == parties.responder.agreement.bundle
    assert parties.responder.agreement.bundle.responder == parties.identities["called"] != responder
