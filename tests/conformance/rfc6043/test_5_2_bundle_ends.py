"""RFC 6043, 5.2: updating a crypto session bundle."""

import dataclasses

import pytest

from mediasec.errors import AuthenticationFailed, LocalProtocolError, RequirementViolated
from mediasec.mikey.keys import Constant, derive_transfer_key
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Kemac, KeyData, RoleRand, Spi, Ticket, Timestamp
from mediasec.mikey.protection import authenticate, initial_coverage, response_coverage
from mediasec.mikey.registry import (
    KeyDataType,
    PrfFunction,
    RandRole,
    TicketFlag,
    TimestampType,
)
from mediasec.mikey.rules import check_message
from mediasec.procedures.ticket_update import MAX_MESSAGES, BundleEnd

NOW = 1_796_126_410.0


@pytest.fixture
def ends(replayed, joined):
    """Return a maker of both ends of a bundle that is agreed on."""

    def make(case="mode_1_update", **changes):
        parties = replayed(case)
        parties.initiator = parties.new_initiator(**changes)
        joined(parties)
        settings = dataclasses.replace(parties.settings, **changes)
        return (
            BundleEnd(parties.initiator.agreement, settings, is_initiator=True),
            BundleEnd(parties.responder.agreement, settings, is_initiator=False),
        )

    return make


BOTH = TicketFlag(0xFCF) & ~TicketFlag.CHANGED_BY_KMS


def test_proc_170__update_of_the_vector(ends, octet_stream):
    """An update has the CSB ID, new timestamps, no ticket, no random value, and breaks no rule."""
    initiator, responder = ends()
    octets = initiator.start(NOW, octet_stream())
    message = Message.parse(octets)
    assert check_message(message, update=True) == []
    assert message.header.csb_id == initiator.bundle.csb_id
    assert message.header.response_expected
    assert message.first(Ticket) is None
    assert [message.rand(role) for role in RandRole] == [None, None, None]
    response = Message.parse(responder.receive(octets, NOW))
    assert response.first(Timestamp) != message.first(Timestamp)


def test_proc_170__both_ends_have_the_new_key(ends, octet_stream):
    """After an update both ends have one new key."""
    initiator, responder = ends()
    before = initiator.bundle
    response = responder.receive(initiator.start(NOW, octet_stream()), NOW)
    initiator.receive_response(response)
    assert initiator.bundle == responder.bundle
    assert initiator.bundle.sessions[0].key != before.sessions[0].key
    assert initiator.bundle.csb_id == before.csb_id


def test_proc_170__responder_may_start_it(ends, octet_stream):
    """The Responder of the exchange may start an update too."""
    initiator, responder = ends(flags=BOTH)
    response = initiator.receive(responder.start(NOW, octet_stream()), NOW)
    responder.receive_response(response)
    assert initiator.bundle == responder.bundle


def test_proc_170__update_without_a_key_keeps_the_old_one(ends, octet_stream):
    """An update need not bring a key."""
    initiator, responder = ends()
    before = initiator.bundle
    response = responder.receive(initiator.start(NOW, octet_stream(), supplied=None), NOW)
    initiator.receive_response(response)
    assert initiator.bundle == responder.bundle == before


@pytest.mark.parametrize("starts", ["initiator", "responder"])
def test_proc_171__keys_need_the_flag_of_their_sender(ends, octet_stream, starts):
    """New keys come from the Initiator with the flag L alone, from the Responder with M alone."""
    initiator, responder = ends("mode_1_forking")
    end = initiator if starts == "initiator" else responder
    with pytest.raises(LocalProtocolError, match="PROC_171"):
        end.start(NOW, octet_stream())
    end.start(NOW, octet_stream(), supplied=None)


def test_proc_171__keys_that_the_policy_forbids_are_refused(ends, octet_stream):
    """Keys from an end that may not send them are refused by the other one."""
    initiator, responder = ends("mode_1_forking")
    initiator._agreement = dataclasses.replace(initiator._agreement, flags=BOTH)
    before = responder.bundle
    with pytest.raises(RequirementViolated, match="PROC_171"):
        responder.receive(initiator.start(NOW, octet_stream()), NOW)
    assert responder.bundle == before


def test_proc_172__update_that_does_not_verify_changes_nothing(ends, octet_stream):
    """An update with another MAC, or seen before, or out of date, changes nothing."""
    initiator, responder = ends()
    octets, before = initiator.start(NOW, octet_stream()), responder.bundle
    with pytest.raises(AuthenticationFailed):
        responder.receive(octets[:-1] + bytes([octets[-1] ^ 1]), NOW)
    with pytest.raises(RequirementViolated, match="MKY_170"):
        responder.receive(octets, NOW + 1000)
    assert responder.bundle == before
    responder.receive(octets, NOW)
    with pytest.raises(RequirementViolated, match="MKY_171"):
        responder.receive(octets, NOW)


def test_proc_172__update_that_wants_no_answer_gets_none(ends, octet_stream):
    """With the V flag 0 there is no response."""
    initiator, responder = ends()
    message = Message.parse(initiator.start(NOW, octet_stream()))
    silent = dataclasses.replace(message, header=dataclasses.replace(message.header, response_expected=False))
    covered = initial_coverage(silent, initiator._own.data, initiator._peer.data)
    octets = authenticate(silent, initiator._agreement.protection, covered).serialize()
    before = responder.bundle
    assert responder.receive(octets, NOW) is None
    assert responder.bundle != before


def test_proc_173__answer_that_does_not_verify_changes_nothing(ends, octet_stream):
    """The end that started keeps the old key until the response verifies."""
    initiator, responder = ends()
    with pytest.raises(LocalProtocolError, match="PROC_173"):
        initiator.receive_response(b"")
    before = initiator.bundle
    response = responder.receive(initiator.start(NOW, octet_stream()), NOW)
    with pytest.raises(AuthenticationFailed):
        initiator.receive_response(response[:-1] + bytes([response[-1] ^ 1]))
    assert initiator.bundle == before
    assert initiator.receive_response(response) == responder.bundle != before
    with pytest.raises(LocalProtocolError, match="PROC_173"):
        initiator.receive_response(response)


def test_proc_174__update_between_others_is_refused(ends, octet_stream):
    """An update that names another party is refused."""
    initiator, responder = ends()
    initiator._own = dataclasses.replace(initiator._own, data=b"sip:mallory@example.com")
    with pytest.raises(AuthenticationFailed):
        responder.receive(initiator.start(NOW, octet_stream()), NOW)


def test_proc_174__update_between_the_same_two_is_taken(ends, octet_stream):
    """An update that names the two of the bundle is taken."""
    initiator, responder = ends()
    assert responder.receive(initiator.start(NOW, octet_stream()), NOW) is not None


def resealed(initiator, octets, change):
    message = change(Message.parse(octets))
    covered = initial_coverage(message, initiator._own.data, initiator._peer.data)
    return authenticate(message, initiator._agreement.protection, covered).serialize()


def with_rand(message):
    rand = RoleRand(role=RandRole.INITIATOR, value=bytes(16))
    return dataclasses.replace(message, payloads=(message.payloads[0], rand, *message.payloads[1:]))


def with_csb(message):
    return dataclasses.replace(message, header=dataclasses.replace(message.header, csb_id=1))


@pytest.mark.parametrize("change", [with_rand, with_csb])
def test_proc_175__new_random_value_or_bundle_is_refused(ends, octet_stream, change):
    """A random value or another CSB ID has no place in an update."""
    initiator, responder = ends()
    octets = resealed(initiator, initiator.start(NOW, octet_stream()), change)
    with pytest.raises(RequirementViolated, match="PROC_175"):
        responder.receive(octets, NOW)


def test_proc_175__what_the_exchange_had_may_be_repeated(ends, octet_stream):
    """The ticket and the random values of the exchange change nothing where an update repeats them."""
    initiator, responder = ends()
    static = initiator._agreement.static
    assert {type(payload) for payload in static} == {RoleRand, Ticket}

    def repeated(message):
        first, *others = message.payloads
        return dataclasses.replace(message, payloads=(first, *static, *others))

    octets = resealed(initiator, initiator.start(NOW, octet_stream()), repeated)
    before = responder.bundle
    assert responder.receive(octets, NOW) is not None
    assert responder.bundle != before


def test_proc_175__ticket_is_refused(ends, replayed, octet_stream):
    """A ticket has no place in an update."""
    initiator, responder = ends()
    ticket = Message.parse(replayed("mode_1").octets["REQUEST_RESP"]).first(Ticket)

    def with_ticket(message):
        payloads = (*message.payloads[:-1], ticket, message.payloads[-1])
        return dataclasses.replace(message, payloads=payloads)

    bare = initiator.start(NOW, octet_stream(), supplied=None)
    octets = resealed(initiator, bare, with_ticket)
    with pytest.raises(RequirementViolated, match="PROC_175"):
        responder.receive(octets, NOW)


def test_proc_176__new_tgk_is_used_as_it_is(ends, octet_stream):
    """The new TGK is not forked; the random values of the exchange go into its TEK."""
    initiator, responder = ends()
    random = octet_stream()
    octets = initiator.start(NOW, random)
    tgk = octet_stream()(16)
    responder.receive(octets, NOW)
    rand_i, rand_r = responder._agreement.rands
    expected = derive_transfer_key(
        PrfFunction.MIKEY_1,
        tgk,
        constant=Constant.TEK,
        cs_id=1,
        rand_i=rand_i,
        rand_r=rand_r,
        length=16,
    )
    assert responder.bundle.sessions[0].key == expected


def test_mky_118__messages_of_one_instant_have_other_timestamps(ends, octet_stream):
    """No timestamp is used twice under one set of keys, by either end, even if time stands still."""
    initiator, responder = ends(timestamps=TimestampType.NTP_UTC_32)
    random, seen = octet_stream(), set()
    seen |= initiator._used | responder._used
    for _ in range(5):
        octets = initiator.start(NOW - 10, random)
        response = responder.receive(octets, NOW - 10)
        initiator.receive_response(response)
        for message in (Message.parse(octets), Message.parse(response)):
            stamp = message.first(Timestamp).octets_of_64_bits
            assert stamp not in seen
            seen.add(stamp)


def test_mky_118__timestamp_that_was_used_is_refused(ends, octet_stream):
    """A peer that uses a timestamp again under the same keys is refused."""
    initiator, responder = ends()
    responder._used.add(initiator._timestamps.next(NOW).octets_of_64_bits)
    initiator._timestamps._last = 0
    with pytest.raises(RequirementViolated, match="MKY_118"):
        responder.receive(initiator.start(NOW, octet_stream()), NOW)


def test_mky_118__keys_protect_a_bounded_number_of_messages(ends, octet_stream):
    """When the memory of timestamps is full, a new exchange is needed."""
    initiator, _ = ends()
    initiator._used |= {bytes([0xFF, 0xFF, *place.to_bytes(6, "big")]) for place in range(MAX_MESSAGES)}
    with pytest.raises(LocalProtocolError, match="MKY_118"):
        initiator.start(NOW, octet_stream())


def test_proc_112__mpk_among_session_keys_is_refused(ends, octet_stream):
    """A KEMAC that supplies session keys has no MPK."""
    initiator, responder = ends()
    protection, suite = initiator._agreement.protection, initiator._suite

    def with_mpk(message):
        mpk = KeyData(kind=KeyDataType.MPK, key=bytes(16), validity=Spi(value=b"spi"))
        kemac = protection.seal(suite.encryption, message.first(Timestamp), (mpk,))
        payloads = tuple(kemac if isinstance(each, Kemac) else each for each in message.payloads)
        return dataclasses.replace(message, payloads=payloads)

    octets = resealed(initiator, initiator.start(NOW, octet_stream()), with_mpk)
    with pytest.raises(RequirementViolated, match="PROC_112"):
        responder.receive(octets, NOW)


def test_proc_173__answer_with_keys_is_taken(ends, octet_stream):
    """A response may bring keys where the flag M lets it."""
    initiator, responder = ends(flags=BOTH)
    octets = initiator.start(NOW, octet_stream(), supplied=None)
    answer = Message.parse(responder.receive(octets, NOW))
    protection, suite = responder._agreement.protection, responder._suite
    tek = KeyData(kind=KeyDataType.TEK, key=bytes(range(16)), validity=Spi(value=b"new"))
    kemac = protection.seal(suite.encryption, answer.first(Timestamp), (tek,))
    (session,) = answer.header.sessions.sessions
    sessions = dataclasses.replace(
        answer.header.sessions, sessions=(dataclasses.replace(session, spi=b"new"),)
    )
    answer = dataclasses.replace(
        answer,
        header=dataclasses.replace(answer.header, sessions=sessions),
        payloads=(*answer.payloads[:-1], kemac, answer.payloads[-1]),
    )
    answer = authenticate(answer, protection, response_coverage(answer, octets))
    bundle = initiator.receive_response(answer.serialize())
    assert bundle.sessions[0].key == tek.key
