"""RFC 4567, 8: an answer without keys, and who the caller is."""

import pytest

from mediasec.procedures.key_management import KeyAnswer, SetupAborted
from mediasec.procedures.ticket_terms import uri_identity

NOW = 1_796_126_400.0


def test_proc_009__answer_without_keys_is_refused(call):
    """An answer that accepts a stream without a key ends the set-up."""
    calling = call()
    calling.take()
    with pytest.raises(SetupAborted, match="no key management message") as aborted:
        calling.offer.receive_answer(calling.answered(lambda lines: [lines[0], []]))
    assert aborted.value.where == "media[1]"


def test_proc_009__answer_without_keys_is_right_where_there_is_no_response(call):
    """If the ticket policy has no response, both sides have the key without one."""
    calling = call("mode_2_no_response")
    calling.take()
    assert calling.answer.messages == {0: None, 1: None}
    agreements = calling.offer.receive_answer(calling.answered())
    for index in (0, 1):
        assert agreements[index].bundle == calling.answer.agreements[index].bundle


def test_proc_011__caller_of_the_signalling_is_the_initiator(call):
    """The Initiator of the messages is the caller."""
    calling = call("mode_4")
    caller = calling.parties.identities["initiator"]
    calling.answer = KeyAnswer(calling.make_responder, initiator=caller)
    calling.take()
    assert calling.answer.agreements[0].bundle.initiator == caller


def test_proc_011__another_caller_is_refused(call):
    """Messages of another Initiator than the caller are refused before the KMS is asked."""
    calling = call()
    calling.answer = KeyAnswer(calling.make_responder, initiator=uri_identity("sip:mallory@example.com"))
    with pytest.raises(SetupAborted, match="PROC_148"):
        calling.take()
