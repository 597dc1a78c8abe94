"""RFC 4567, 4.1.4: the list of protocols that protects against bidding down."""

import pytest

from mediasec.errors import RequirementViolated
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import GeneralExtension
from mediasec.procedures.key_management import check_protocols


@pytest.mark.parametrize("protocols", [("mikey",), ("mikey", "keyp1", "keyp2"), ("keyp1", "mikey")])
def test_proc_003__message_has_the_protocols_of_the_offer(call, protocols):
    """TRANSFER_INIT has all protocols of the offer in their order, also if there is one."""
    calling = call("mode_4")
    calling.add(0, protocols=protocols)
    (extension,) = Message.parse(calling.transfers[0]).all(GeneralExtension)
    assert extension.protocols == protocols
    assert extension.data == ";".join(protocols).encode()


def test_proc_013__list_is_that_of_the_level(call, described):
    """A message at the session level is compared with the protocols of the session."""
    describe, key_line = described
    calling = call("mode_4")
    calling.add(0, protocols=("mikey", "keyp1"))
    session = [key_line(calling.transfers[0]), "a=key-mgmt:keyp1 AAAA"]
    calling.take(describe([(9000, []), (9001, [key_line(calling.transfers[1])])], session))
    assert calling.answer.agreements.keys() == {0, 1}


def test_proc_013__protocols_of_another_level_do_not_count(call):
    """A list of the protocols of two levels together is another list."""
    calling = call("mode_4")
    calling.add(0, protocols=("mikey", "mikey"))
    with pytest.raises(RequirementViolated, match="PROC_004"):
        check_protocols(calling.transfers[0], ("mikey",))
