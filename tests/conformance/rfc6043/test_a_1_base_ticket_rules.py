"""RFC 6043, A.1: the components of Ticket Data."""

import dataclasses

import pytest

from mediasec.mikey.payloads import Ticket
from mediasec.mikey.policy_rules import check_ticket_data
from mediasec.mikey.registry import MacAlgorithm, TicketType
from mediasec.mikey.rules import check_message
from mediasec.mikey.ticket import TicketData


def found(octets):
    return [(finding.requirement, finding.message) for finding in check_ticket_data(octets, "ticket_data")]


def test_mky_067__kemac_has_no_mac(base_ticket_data):
    """The KEMAC in the Ticket Data of a base ticket uses the NULL MAC algorithm."""
    assert found(base_ticket_data) == []
    data = TicketData.parse(base_ticket_data)
    payloads = list(data.payloads)
    payloads[2] = dataclasses.replace(payloads[2], mac_algorithm=MacAlgorithm.HMAC_SHA_1_160, mac=bytes(20))
    broken = dataclasses.replace(data, payloads=tuple(payloads)).serialize()
    assert found(broken) == [("MKY_067", "its KEMAC has a MAC of its own")]


@pytest.mark.parametrize(("place", "name"), [(0, "T"), (1, "RAND"), (2, "KEMAC"), (4, "V")])
@pytest.mark.verifies("MKY_051")
def test_mky_067__missing_part_is_found(base_ticket_data, place, name):
    """The Ticket Data of a base ticket has T, RAND, KEMAC and V."""
    data = TicketData.parse(base_ticket_data)
    payloads = (*data.payloads[:place], *data.payloads[place + 1 :])
    broken = dataclasses.replace(data, payloads=payloads).serialize()
    assert found(broken) == [("MKY_051", f"{name} is missing")]


@pytest.mark.verifies("MKY_051")
def test_mky_067__data_of_a_base_ticket_is_looked_at(mikey_messages, edit):
    """Ticket Data that does not parse is a finding in a base ticket, and opaque in another."""
    message = edit.payload(mikey_messages["request_resp"], Ticket, data=b"\x05")
    assert [finding.requirement for finding in check_message(message)] == ["MKY_051"]
    policy = dataclasses.replace(message.first(Ticket).policy, ticket_type=TicketType.THREEGPP_BASE)
    assert check_message(edit.payload(message, Ticket, policy=policy)) == []
