"""RFC 4567, 4.1.2: the keys of an offer, and the end of a session whose keys fail."""

import pytest

from mediasec.errors import AuthenticationFailed, LocalProtocolError, MalformedMessage
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Error
from mediasec.mikey.registry import DataType, ErrorNumber
from mediasec.procedures.key_management import (
    KEY_ANSWER_TRANSITIONS,
    KeyAnswerState,
    SetupAborted,
)

NOW = 1_796_126_400.0


@pytest.mark.parametrize(("case", "asks"), [("mode_1_forking", 2), ("mode_2", 0), ("mode_4", 0)])
def test_proc_001__every_stream_gets_its_key(call, case, asks):
    """The message of each stream is taken, and each has a key of its own."""
    calling = call(case)
    assert len(calling.take()) == asks
    assert calling.answer.state is KeyAnswerState.READY
    agreements = calling.offer.receive_answer(calling.answered())
    assert agreements.keys() == calling.answer.agreements.keys() == {0, 1}
    for index in (0, 1):
        assert agreements[index].bundle == calling.answer.agreements[index].bundle
    assert agreements[0].bundle.sessions[0].key != agreements[1].bundle.sessions[0].key


def test_proc_001__message_of_the_session_keys_its_streams(call, described):
    """A message at the session level is taken once, for every stream without one of its own."""
    describe, key_line = described
    calling = call("mode_4")
    session = [key_line(calling.transfers[0])]
    offer = describe([(9000, []), (9001, [key_line(calling.transfers[1])]), (9002, [])], session)
    calling.take(offer)
    assert len(calling.responders) == 2
    assert calling.answer.agreements[0] is calling.answer.agreements[2]
    assert calling.answer.agreements[0] is not calling.answer.agreements[1]


def test_proc_001__stream_that_is_not_wanted_needs_no_key(call, described):
    """A stream with port 0 has no key taken."""
    describe, key_line = described
    calling = call("mode_4")
    calling.take(describe([(9000, [key_line(calling.transfers[0])]), (0, [])]))
    assert calling.answer.agreements.keys() == {0}


def test_proc_001__offer_is_taken_once(call):
    """An answerer takes one offer, and keys that it asked for."""
    calling = call("mode_4")
    calling.take()
    with pytest.raises(LocalProtocolError):
        calling.take()
    with pytest.raises(LocalProtocolError):
        calling.answer.receive_keys("media[0].attribute[1]", b"", NOW, calling.random)


def spoil(place):
    def change(lines):
        spoilt = lines[place][0][:-12] + "AAAAAAAA" + lines[place][0][-4:]
        return [[spoilt] if index == place else line for index, line in enumerate(lines)]

    return change


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("case", ["mode_4", "mode_1_forking"])
def test_proc_002__one_wrong_message_ends_all(call, case, place):
    """If the keys of one stream fail, none is agreed on with the other stream either."""
    calling = call(case)
    with pytest.raises(SetupAborted) as aborted:
        calling.take(calling.offered(spoil(place)))
    assert f"media[{place}]" in aborted.value.where
    assert calling.answer.state is KeyAnswerState.ABORTED


@pytest.mark.parametrize("place", [0, 1])
def test_proc_002__one_wrong_answer_ends_all(call, place):
    """If the response of one stream does not verify, the offerer aborts all."""
    calling = call()
    calling.take()
    with pytest.raises(SetupAborted) as aborted:
        calling.offer.receive_answer(calling.answered(spoil(place)))
    assert isinstance(aborted.value.__cause__, AuthenticationFailed)


def test_proc_002__false_response_of_the_kms_ends_nothing(call):
    """A RESOLVE_RESP that anybody could have sent is refused, and the right one still taken."""
    calling = call()
    asked = calling.answer.receive_offer(calling.offered(), NOW, calling.random)
    for where, octets in asked.items():
        with pytest.raises(MalformedMessage):
            calling.answer.receive_keys(where, b"\x01", NOW, calling.random)
        assert calling.answer.state is KeyAnswerState.WAITING_FOR_KEYS
        reply = calling.parties.kms.answer(octets, NOW, calling.random).reply
        calling.answer.receive_keys(where, reply, NOW, calling.random)
    assert calling.answer.state is KeyAnswerState.READY


def test_proc_002__every_state_is_reached(call):
    """Failure is possible wherever the answerer still waits, and nothing follows it."""
    calling = call("mode_4")
    with pytest.raises(SetupAborted):
        calling.take(calling.offered(spoil(0)))
    assert all(before is not calling.answer.state for before, _ in KEY_ANSWER_TRANSITIONS)
    reached = set(KEY_ANSWER_TRANSITIONS.values()) | {KeyAnswerState.WAITING_FOR_OFFER}
    assert reached == set(KeyAnswerState)


def among(others_first):
    def change(lines):
        other = "a=key-mgmt:keyp1 AAAA"
        return [[other, line[0]] if others_first else [line[0], other] for line in lines]

    return change


@pytest.mark.parametrize("others_first", [False, True])
def test_proc_005__mikey_is_taken_wherever_it_stands(call, others_first):
    """Of several protocols MIKEY alone is taken."""
    calling = call("mode_4")
    listed = ("keyp1", "mikey") if others_first else ("mikey", "keyp1")
    for index in (0, 1):
        calling.add(index, protocols=listed)
    calling.take(calling.offered(among(others_first)))
    assert calling.answer.state is KeyAnswerState.READY


@pytest.mark.parametrize(
    "lines", [[], ["a=key-mgmt:keyp1 AAAA"], ["a=key-mgmt:MIKEY AQAA"], ["a=key-mgmt:mikey AQA"]]
)
def test_proc_006__stream_without_mikey_is_refused(call, lines):
    """An offer of a stream over TLS without MIKEY gets 488 and the warning 306."""
    calling = call("mode_4")
    with pytest.raises(SetupAborted) as aborted:
        calling.take(calling.offered(lambda offered: [offered[0], lines]))
    assert (aborted.value.where, aborted.value.status, aborted.value.warnings) == ("media[1]", 488, (306,))
    assert aborted.value.error_message is None
    assert calling.responders == [] or calling.answer.agreements == {}


def test_proc_007__refusal_has_status_warning_and_error_message(call):
    """A refusal is 488 with a warning, and a MIKEY Error message to answer with."""
    calling = call("mode_4")
    with pytest.raises(SetupAborted, match="Authentication failed") as aborted:
        calling.take(calling.offered(spoil(1)))
    assert (aborted.value.status, aborted.value.warnings) == (488, (399,))
    error = Message.parse(aborted.value.error_message)
    assert error.header.data_type is DataType.ERROR
    assert error.first(Error).number is ErrorNumber.AUTH_FAILURE


def test_proc_007__refusal_of_the_kms_is_a_refusal(call):
    """If the KMS refuses a ticket, the offer is refused."""
    calling = call()
    asked = calling.answer.receive_offer(calling.offered(), NOW, calling.random)
    where, octets = next(iter(asked.items()))
    late = calling.parties.new_kms(replay=_Nothing())
    late._directory = calling.parties.kms._directory
    reply = late.answer(octets, NOW + 1e6, calling.random).reply
    with pytest.raises(SetupAborted, match="INVALID_TPPAR"):
        calling.answer.receive_keys(where, reply, NOW, calling.random)
    assert calling.answer.state is KeyAnswerState.ABORTED


class _Nothing:
    """A replay guard that remembers nothing and refuses nothing."""

    def check(self, *arguments):
        return []

    def remember(self, *arguments):
        return None
