"""RFC 6043, 4.2.1.4: what the KMS answers."""

import pytest

from mediasec.errors import MalformedMessage, RequirementViolated
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Error
from mediasec.mikey.registry import DataType, ErrorNumber

NOW = 1_796_126_400.0


@pytest.mark.parametrize(
    ("name", "data_type"), [("REQUEST_INIT", DataType.REQUEST_RESP), ("RESOLVE_INIT", DataType.RESOLVE_RESP)]
)
def test_proc_155__authorized_party_gets_its_response(replayed, octet_stream, name, data_type):
    """An authorized party gets REQUEST_RESP or RESOLVE_RESP."""
    parties = replayed("mode_1_forking")
    answer = parties.kms.answer(parties.octets[name], NOW, octet_stream())
    assert Message.parse(answer.reply).header.data_type is data_type
    assert answer.refusal is None


@pytest.mark.parametrize("name", ["REQUEST_RESP", "TRANSFER_INIT", "TRANSFER_RESP", "RESOLVE_RESP"])
def test_proc_155__message_of_another_kind_gets_an_error(replayed, octet_stream, name):
    """What is no initial message to the KMS gets an Error message."""
    parties = replayed("mode_1_forking")
    answer = parties.kms.answer(parties.octets[name], NOW, octet_stream())
    assert isinstance(answer.refusal, RequirementViolated)
    error = Message.parse(answer.reply)
    assert error.header.data_type is DataType.ERROR
    assert error.first(Error).number is ErrorNumber.INVALID_DT


@pytest.mark.parametrize("octets", [b"", b"\x01\x0b", bytes(9)])
def test_proc_155__octets_without_a_header_get_nothing(replayed, octet_stream, octets):
    """There is no answer to what has no header to copy from."""
    answer = replayed("mode_1").kms.answer(octets, NOW, octet_stream())
    assert isinstance(answer.refusal, MalformedMessage)
    assert answer.reply is None
    assert answer.subscriber is None
