"""RFC 4567, 4.1.1: the keys of an answer."""

import pytest

from mediasec.errors import AuthenticationFailed, RequirementViolated
from mediasec.mikey.payloads import Timestamp
from mediasec.mikey.registry import TimestampType
from mediasec.procedures.key_management import SetupAborted
from mediasec.procedures.ticket_messages import error_message

NOW = 1_796_126_400.0


@pytest.mark.parametrize("case", ["mode_1_forking", "mode_4"])
def test_proc_014__responses_are_taken(call, case):
    """The TRANSFER_RESP of each accepted stream gives the offerer its key."""
    calling = call(case)
    calling.take()
    assert calling.offer.receive_answer(calling.answered()).keys() == {0, 1}


def test_proc_014__rejected_stream_has_no_key(call):
    """A stream that the answer rejects is left out; the others have their keys."""
    calling = call()
    calling.take()
    answer = calling.answered(lambda lines: [lines[0], []], ports=(9100, 0))
    assert calling.offer.receive_answer(answer).keys() == {0}


def test_proc_014__response_of_another_stream_is_refused(call):
    """A TRANSFER_RESP verifies for its own TRANSFER_INIT alone."""
    calling = call()
    calling.take()
    with pytest.raises(SetupAborted):
        calling.offer.receive_answer(calling.answered(lambda lines: lines[::-1]))


def test_proc_014__answer_with_fewer_streams_is_refused(call, described):
    """An answer that lacks a stream is not the answer to this offer."""
    describe, key_line = described
    calling = call()
    calling.take()
    answer = describe([(9100, [key_line(calling.answer.messages[0])])])
    with pytest.raises(SetupAborted, match="lacks the stream"):
        calling.offer.receive_answer(answer)


def refused(calling):
    stamp = Timestamp.of_unix_time(NOW, TimestampType.NTP_UTC)
    return error_message(calling.transfers[1], AuthenticationFailed(), stamp)


@pytest.mark.parametrize("ports", [(0, 0), (9100, 0), (9100, 9101)])
def test_proc_008__error_in_the_answer_lets_the_offerer_try_again(call, described, ports):
    """An Error message in the answer ends this exchange, and another offer may follow."""
    _, key_line = described
    calling = call()
    calling.take()
    answer = calling.answered(lambda lines: [lines[0], [key_line(refused(calling))]], ports=ports)
    with pytest.raises(SetupAborted, match="AUTH_FAILURE") as aborted:
        calling.offer.receive_answer(answer)
    assert aborted.value.may_renegotiate
    assert calling.offer.agreements == {}


def test_proc_008__other_failures_give_no_reason_to_try_again(call, described):
    """A message that is no response and no error is a failure without a reason."""
    _, key_line = described
    calling = call()
    calling.take()
    answer = calling.answered(lambda lines: [[key_line(calling.transfers[0])], lines[1]])
    with pytest.raises(SetupAborted) as aborted:
        calling.offer.receive_answer(answer)
    assert not aborted.value.may_renegotiate
    assert isinstance(aborted.value.__cause__, RequirementViolated)
