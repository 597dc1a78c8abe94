"""MIKEY-TICKET exchanges: both sides always agree, and no changed octet is ever believed."""

import itertools
import json
import os
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mediasec.errors import LocalProtocolError, RemoteProtocolError
from mediasec.mikey.message import Message
from mediasec.mikey.policy_rules import check_flags
from mediasec.mikey.profile import Profile
from mediasec.mikey.registry import KeyDataType, TicketFlag, TimestampType
from mediasec.mikey.rules import check_message
from mediasec.procedures import ticket_terms as terms
from mediasec.procedures.ticket_credentials import KmsAssociation
from mediasec.procedures.ticket_initiator import Initiator, InitiatorState
from mediasec.procedures.ticket_kms import Kms
from mediasec.procedures.ticket_responder import Responder
from mediasec.procedures.ticket_subscribers import Subscriber, SubscriberDirectory
from mediasec.procedures.ticket_update import BundleEnd
from ticket_parties import stream

NOW = 1_796_126_400.0
EVERYTHING = os.environ.get("CI") == "true"
ALICE, CONFERENCE, MRFC, KMS = (
    terms.uri_identity(uri)
    for uri in ("sip:alice@example.com", "sip:conf@example.com", "sip:mrfc@example.com", "https://kms")
)
SESSION_KINDS = [kind for kind in KeyDataType if kind is not KeyDataType.MPK]


class World:
    """A KMS, an Initiator and a Responder with keys of their own."""

    def __init__(self, mode, flags, suite, timestamps, seed):
        self.random = stream(seed)
        self.clock = itertools.count(NOW).__next__
        length = suite.key_length
        self.settings = terms.TicketSettings(
            profile=Profile(psk_length=length), suite=suite, timestamps=timestamps, flags=flags
        )
        keys = [terms.PreSharedKey(name=bytes([place]), key=self.random(length)) for place in range(4)]
        shared = keys[2]
        subscribers = [
            Subscriber(identity=ALICE, credential=keys[0], ticket_key=shared if mode == 3 else None),
            Subscriber(
                identity=MRFC,
                credential=keys[1],
                ticket_key=shared if mode == 2 else None,
                groups=frozenset([CONFERENCE.data]),
            ),
        ]
        self.ticket_key = shared
        self.kms = Kms(KMS, self.settings, keys[3], SubscriberDirectory(KMS, subscribers))
        self.called = CONFERENCE if mode == 1 else MRFC
        self.initiator = Initiator(ALICE, self.settings, KmsAssociation(identity=KMS, credential=keys[0]))
        self.responder = Responder(
            MRFC,
            self.settings,
            KmsAssociation(identity=KMS, credential=keys[1]),
            groups=[CONFERENCE.data],
            ticket_keys=[shared] if mode in (2, 4) else [],
        )

    def run(self, mode, keys, from_initiator, from_responder):
        """Run the whole exchange and return its messages."""
        sent = []
        if mode in (1, 2):
            wanted = None
            if keys is not None:
                wanted = [
                    terms.RequestedKey(kind=kind, spi=bytes([9, place, 0])) for place, kind in enumerate(keys)
                ]
            asked = self.initiator.request_ticket([self.called], self.clock(), self.random, keys=wanted)
            answer = self.kms.answer(asked, self.clock(), self.random)
            if answer.refusal is not None:
                raise answer.refusal
            self.initiator.receive_ticket(answer.reply, self.clock())
            sent += [asked, answer.reply]
        else:
            self.initiator.make_ticket([self.called], self.ticket_key, self.clock(), self.random)
        sent.append(self.initiator.transfer(self.called, self.clock(), self.random, supplied=from_initiator))
        taken = self.responder.receive_transfer(sent[-1], self.clock(), self.random, supplied=from_responder)
        if taken.to_kms is not None:
            answer = self.kms.answer(taken.to_kms, self.clock(), self.random)
            if answer.refusal is not None:
                raise answer.refusal
            sent += [taken.to_kms, answer.reply]
            taken = self.responder.receive_keys(answer.reply, self.clock(), self.random)
        if taken.to_initiator is not None:
            sent.append(taken.to_initiator)
            self.initiator.receive_response(taken.to_initiator)
        return sent


@st.composite
def cases(draw):
    """A mode with a policy that its flags allow."""
    mode = draw(st.integers(1, 4))
    flags = TicketFlag(draw(st.integers(0, 0xFFF))) | TicketFlag.INITIATOR_READY | TicketFlag.RESPONDER_READY
    flags &= ~TicketFlag.CHANGED_BY_KMS
    flags |= TicketFlag.GENERATED_BY_KMS if mode in (1, 2) else TicketFlag.INITIATOR_KEYS
    if mode in (3, 4):
        flags &= ~TicketFlag.GENERATED_BY_KMS
    if mode in (1, 3):
        flags |= TicketFlag.RESOLVE_MANDATORY
    else:
        flags &= ~TicketFlag.RESOLVE_MANDATORY
    if TicketFlag.KEY_FORKING in flags:
        flags |= TicketFlag.RESPONSE_SENT
    assume(not check_flags(flags, "policy"))
    suite = draw(st.sampled_from([terms.SUITE_128, terms.SUITE_256, terms.SUITE_128_KEY_WRAP]))
    keys = None
    if mode in (1, 2):
        keys = draw(st.none() | st.lists(st.sampled_from(SESSION_KINDS), min_size=1, max_size=3))
    from_initiator = from_responder = None
    if TicketFlag.INITIATOR_KEYS in flags:
        from_initiator = draw(st.none() | st.sampled_from(SESSION_KINDS))
    if TicketFlag.RESPONDER_KEYS in flags:
        from_responder = draw(st.none() | st.sampled_from(SESSION_KINDS))
    timestamps = draw(st.sampled_from(TimestampType))
    return mode, flags, suite, timestamps, keys, from_initiator, from_responder


@given(cases(), st.integers(0, 1 << 16))
@settings(max_examples=60)
def test_both_sides_agree_in_every_mode_and_policy(case, seed):
    """With any consistent policy both sides end with one bundle, and no message breaks a rule."""
    mode, flags, suite, timestamps, *keys = case
    world = World(mode, flags, suite, timestamps, str(seed))
    for octets in world.run(mode, *keys):
        assert check_message(Message.parse(octets)) == []
    ours, theirs = world.initiator.agreement, world.responder.agreement
    assert ours.bundle == theirs.bundle
    assert len(ours.bundle.sessions[0].key) == suite.key_length
    ends = (
        BundleEnd(ours, world.settings, is_initiator=True),
        BundleEnd(theirs, world.settings, is_initiator=False),
    )
    supplied = KeyDataType.TGK if TicketFlag.INITIATOR_KEYS in flags else None
    response = ends[1].receive(ends[0].start(world.clock(), world.random, supplied=supplied), world.clock())
    assert ends[0].receive_response(response) == ends[1].bundle
    assert (ends[0].bundle == ours.bundle) == (supplied is None)


def places(octets):
    """Yield truncations and changed octets: each bit in CI, one bit of every seventh octet here."""
    for place in range(0, len(octets), 1 if EVERYTHING else 7):
        yield octets[:place]
        for bit in range(8) if EVERYTHING else (place % 8,):
            yield octets[:place] + bytes([octets[place] ^ 1 << bit]) + octets[place + 1 :]


EXCHANGES = {
    path.stem: {message["id"] for message in json.loads(path.read_text())["messages"]}
    for path in sorted((Path(__file__).parents[1] / "vectors/mikey/exchanges").glob("*.json"))
}
SOME = ["mode_1", "mode_1_forking", "mode_1_forking_256", "mode_3_key_wrap", "mode_4"]


def cases_with(*messages, without=()):
    """Return the exchanges that have these messages: all of them in CI, some of them here."""
    cases = EXCHANGES if EVERYTHING else SOME
    return [case for case in cases if EXCHANGES[case] >= {*messages} and case not in without]


OWN_KEYS = ["mode_1_public_key"]
"""Exchanges with envelope keys of the vector, which are not those that a party draws."""


@pytest.mark.parametrize("case", cases_with())
def test_kms_believes_no_changed_octet(replayed, case):
    """The KMS refuses every truncation and every changed bit of what it is asked."""
    parties = replayed(case)
    for name in ("REQUEST_INIT", "RESOLVE_INIT"):
        for wrong in places(parties.octets.get(name, b"")):
            answer = parties.kms.answer(wrong, parties.now(name), stream())
            assert isinstance(answer.refusal, RemoteProtocolError)


@pytest.mark.parametrize("case", cases_with("TRANSFER_RESP", without=OWN_KEYS))
def test_initiator_believes_no_changed_octet(replayed, case):
    """The Initiator refuses every truncation and every changed bit, and still takes the right message."""
    parties = replayed(case)
    if "REQUEST_INIT" in parties.octets:
        parties.request()
        for wrong in places(parties.octets["REQUEST_RESP"]):
            with pytest.raises(RemoteProtocolError):
                parties.initiator.receive_ticket(wrong, parties.now("REQUEST_RESP"))
        parties.initiator.receive_ticket(parties.octets["REQUEST_RESP"], parties.now("REQUEST_RESP"))
    else:
        parties.make_ticket()
    parties.transfer()
    for wrong in places(parties.octets["TRANSFER_RESP"]):
        with pytest.raises(RemoteProtocolError):
            parties.initiator.receive_response(wrong)
    parties.initiator.receive_response(parties.octets["TRANSFER_RESP"])


@pytest.mark.parametrize("case", cases_with("TRANSFER_INIT"))
def test_responder_believes_no_changed_octet(replayed, case):
    """The Responder refuses every change of TRANSFER_INIT, at the latest with the keys of the KMS."""
    parties = replayed(case)
    now = parties.now("TRANSFER_INIT")
    for wrong in places(parties.octets["TRANSFER_INIT"]):
        responder, random = parties.new_responder(), stream()
        try:
            taken = responder.receive_transfer(wrong, now, random)
            answer = parties.kms.answer(taken.to_kms, now, random)
            responder.receive_keys(answer.reply, now, random)
        except RemoteProtocolError:
            pass
        assert responder.agreement is None


@pytest.mark.parametrize("case", cases_with("RESOLVE_RESP", without=OWN_KEYS))
def test_responder_believes_no_changed_octet_of_the_kms(replayed, case):
    """The Responder refuses every change of RESOLVE_RESP, and still takes the right message."""
    parties = replayed(case)
    parties.take()
    for wrong in places(parties.octets["RESOLVE_RESP"]):
        with pytest.raises(RemoteProtocolError):
            parties.responder.receive_keys(wrong, parties.now("RESOLVE_RESP"), stream())
    assert parties.take_keys().to_initiator == parties.octets["TRANSFER_RESP"]


def test_no_changed_refusal_is_believed(replayed):
    """An Error message that was changed is no proof of anything: the right response may still come."""
    parties = replayed("mode_1_request_refused")
    parties.request()
    now = parties.now("REQUEST_INIT") + 1
    for wrong in places(parties.octets["ERROR"]):
        with pytest.raises(RemoteProtocolError) as refused:
            parties.initiator.receive_ticket(wrong, now)
        assert not getattr(refused.value, "authentic", False)
        assert parties.initiator.state is InitiatorState.REQUESTING
    with pytest.raises(terms.PeerRefused) as refused:
        parties.initiator.receive_ticket(parties.octets["ERROR"], now)
    assert refused.value.authentic


def test_no_changed_update_is_believed(replayed):
    """Both ends of a bundle refuse every change of an update, and still take the right messages."""
    parties = replayed("mode_1_update")
    names = ["TRANSFER_INIT of the update", "TRANSFER_RESP of the update"]
    parties.request()
    parties.initiator.receive_ticket(parties.octets["REQUEST_RESP"], parties.now("REQUEST_RESP"))
    parties.transfer()
    parties.take()
    parties.take_keys()
    parties.initiator.receive_response(parties.octets["TRANSFER_RESP"])
    ours = BundleEnd(parties.initiator.agreement, parties.settings, is_initiator=True)
    theirs = BundleEnd(parties.responder.agreement, parties.settings, is_initiator=False)
    ours.start(parties.now(names[0]), parties.random("TGK of the update", "SPI 1"))
    before = theirs.bundle
    for wrong in places(parties.octets[names[0]]):
        with pytest.raises(RemoteProtocolError):
            theirs.receive(wrong, parties.now(names[1]))
    assert theirs.bundle is before
    assert theirs.receive(parties.octets[names[0]], parties.now(names[1])) == parties.octets[names[1]]
    for wrong in places(parties.octets[names[1]]):
        with pytest.raises(RemoteProtocolError):
            ours.receive_response(wrong)
    assert ours.receive_response(parties.octets[names[1]]) == theirs.bundle


@given(st.binary(max_size=200))
@settings(max_examples=60)
def test_arbitrary_octets_are_refused_by_everybody(octets):
    """Arbitrary octets end in RemoteProtocolError, or LocalProtocolError where nothing is due."""
    world = World(1, terms.FORKING_FLAGS, terms.SUITE_128, TimestampType.NTP_UTC, "arbitrary")
    assert isinstance(world.kms.answer(octets, NOW, world.random).refusal, RemoteProtocolError)
    world.initiator.request_ticket([CONFERENCE], NOW, world.random)
    for step in (
        lambda: world.initiator.receive_ticket(octets, NOW),
        lambda: world.initiator.receive_response(octets),
        lambda: world.responder.receive_transfer(octets, NOW, world.random),
        lambda: world.responder.receive_keys(octets, NOW, world.random),
    ):
        with pytest.raises((RemoteProtocolError, LocalProtocolError)):
            step()
