"""RFC 8855, 12.3.1: sending a UserQuery message."""

from mediasec.bfcp import FloorControlClient
from mediasec.bfcp.values import BeneficiaryId


def test_bfcp_050__names_another_user():
    """A query about another user names that user, one about the sender nobody."""
    client = FloorControlClient(conference_id=1, user_id=7)
    assert client.query_user(9).attributes == (BeneficiaryId(value=9),)
    assert client.query_user(0).attributes == (BeneficiaryId(value=0),)
    assert client.query_user(7).attributes == ()
    assert client.query_user().attributes == ()
