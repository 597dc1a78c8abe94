"""RFC 6043, A.1: what protects a base ticket."""

from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Ticket
from mediasec.mikey.ticket import TicketData, ticket_authenticated_octets


def test_mky_052__mac_covers_the_ticket_up_to_itself(transfer_init):
    """The MAC covers the TICKET payload except next payload, Initiator Data, its length, and the MAC."""
    head, *_ = transfer_init
    ticket = Message.parse(b"".join(transfer_init)).first(Ticket)
    start = head.index(bytes.fromhex("0001 01 01 01 fec0"))
    assert ticket_authenticated_octets(ticket, TicketData.parse(ticket.data)) == head[start:-20]


def test_mky_052__the_mac_is_filled_in_without_changing_what_it_covers(transfer_init):
    """A ticket with another MAC covers the same octets, and with another policy it does not."""
    ticket = Message.parse(b"".join(transfer_init)).first(Ticket)
    data = TicketData.parse(ticket.data)
    signed = Ticket(policy=ticket.policy, data=data.with_mac(bytes(20)).serialize())
    covered = ticket_authenticated_octets(ticket, data)
    assert ticket_authenticated_octets(signed, TicketData.parse(signed.data)) == covered
