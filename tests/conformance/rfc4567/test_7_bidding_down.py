"""RFC 4567, 7: the answerer compares the protocols of message and offer."""

import dataclasses

import pytest

from mediasec.errors import MalformedMessage, RequirementViolated
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import GeneralExtension
from mediasec.procedures.key_management import SetupAborted, check_protocols


def test_proc_004__same_list_is_taken(call):
    """An offer whose protocols are those of the message is taken."""
    calling = call("mode_4")
    check_protocols(calling.transfers[0], ("mikey",))
    calling.take()
    assert calling.answer.agreements.keys() == {0, 1}


@pytest.mark.parametrize(
    "protocols", [("keyp1", "mikey"), ("mikey", "keyp1"), (), ("mikey", "mikey"), ("Mikey",)]
)
def test_proc_004__another_list_is_refused(call, protocols):
    """More, fewer or other protocols, or another order, are refused."""
    with pytest.raises(RequirementViolated, match="PROC_004"):
        check_protocols(call("mode_4").transfers[0], protocols)


def test_proc_004__protocol_that_was_taken_away_is_noticed(call):
    """A stronger protocol that is struck from the offer on its way is noticed before the KMS is asked."""
    calling = call()
    calling.add(0, protocols=("strong", "mikey"))
    with pytest.raises(SetupAborted, match="PROC_004") as aborted:
        calling.take()
    assert calling.answer.agreements == {}
    assert aborted.value.error_message is not None


def test_proc_004__list_that_was_changed_does_not_verify(call, described):
    """Who changes the list in the message too breaks its MAC."""
    calling = call("mode_4")
    calling.add(0, protocols=("strong", "mikey"))
    message = Message.parse(calling.transfers[0])
    weak = GeneralExtension.of_protocols(("mikey",))
    payloads = tuple(weak if isinstance(each, GeneralExtension) else each for each in message.payloads)
    calling.transfers[0] = dataclasses.replace(message, payloads=payloads).serialize()
    with pytest.raises(SetupAborted, match="Authentication failed"):
        calling.take()


def test_proc_004__message_without_a_list_is_refused(call):
    """A TRANSFER_INIT without the list, or with two, is refused; so is what does not parse."""
    octets = call("mode_4").transfers[0]
    message = Message.parse(octets)
    extension = message.first(GeneralExtension)
    bare = tuple(each for each in message.payloads if each is not extension)
    for payloads in (bare, (extension, *message.payloads)):
        with pytest.raises(RequirementViolated, match="PROC_004"):
            check_protocols(dataclasses.replace(message, payloads=payloads).serialize(), ("mikey",))
    with pytest.raises(MalformedMessage):
        check_protocols(octets[:20], ("mikey",))
    vendor = dataclasses.replace(extension, kind=0)
    with_vendor = dataclasses.replace(message, payloads=(vendor, *message.payloads))
    check_protocols(with_vendor.serialize(), ("mikey",))
