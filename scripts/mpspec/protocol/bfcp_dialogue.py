"""What the two directions of a BFCP connection say to each other: requests, responses, notifications."""

from typing import Final

from mediasec.bfcp import Header, Primitive
from mediasec.bfcp.client import RESPONSES
from mediasec.bfcp.message import REQUESTS
from mediasec.errors import Finding

RESPONSE_RULES: Final = {
    Primitive.FLOOR_REQUEST: "BFCP_056",
    Primitive.FLOOR_RELEASE: "BFCP_063",
    Primitive.FLOOR_REQUEST_QUERY: "BFCP_061",
    Primitive.USER_QUERY: "BFCP_062",
    Primitive.FLOOR_QUERY: "BFCP_064",
    Primitive.CHAIR_ACTION: "BFCP_066",
    Primitive.HELLO: "BFCP_067",
}
"""ID of the rule that says how each request is answered."""

_NOTIFICATIONS: Final = frozenset({Primitive.FLOOR_REQUEST_STATUS, Primitive.FLOOR_STATUS})
_FROM_SERVER: Final = frozenset({*RESPONSES.values(), Primitive.ERROR})


class BfcpDialogue:
    """Follows a connection; whoever sends the first request is the client.

    Attributes:
        whole: Whether every message from the beginning is heard, so that a response has had its request.
    """

    def __init__(self) -> None:
        self.whole = True
        self._client: int | None = None
        self._waiting: dict[int, Header] = {}

    def take(self, header: Header, side: int) -> list[Finding]:
        """Take the header of a message, and return what it breaks beside what was said before.

        Args:
            header: The header.
            side: Who sends it: 0 or 1.
        """
        if self._client is None:
            self._client = 1 - side if header.primitive in _FROM_SERVER else side
        return self._asked(header) if side == self._client else self._answered(header)

    def _asked(self, header: Header) -> list[Finding]:
        again = self.whole and header.transaction_id in self._waiting
        self._waiting[header.transaction_id] = header
        if not again:
            return []
        return [_finding("BFCP_037", f"Transaction {header.transaction_id} still waits for its response.")]

    def _answered(self, header: Header) -> list[Finding]:
        if header.primitive in REQUESTS:
            return [_finding("BFCP_073", "A floor control client was sent a request.")]
        if header.transaction_id == 0 and header.primitive in _NOTIFICATIONS:
            return []
        request = self._waiting.pop(header.transaction_id, None)
        if request is not None:
            return _check_response(header, request)
        if not self.whole:
            return []
        message = f"No request waits for a response with transaction {header.transaction_id}"
        if header.primitive in _NOTIFICATIONS:
            return [_finding("BFCP_039", f"{message}, and what the server sends on its own has 0.")]
        return [_finding("BFCP_038", f"{message}.")]


def _check_response(response: Header, request: Header) -> list[Finding]:
    """Return what a response breaks beside its request."""
    findings = []
    for name, got, wanted in (
        ("conference_id", response.conference_id, request.conference_id),
        ("user_id", response.user_id, request.user_id),
    ):
        if got != wanted:
            message = f"The response has {got}, and its request has {wanted}."
            findings.append(Finding(requirement="BFCP_038", where=f"header.{name}", message=message))
    if isinstance(request.primitive, Primitive) and request.primitive in RESPONSES:
        wanted = RESPONSES[request.primitive]
        if response.primitive not in (wanted, Primitive.ERROR):
            message = f"The response to a {request.primitive.label} is a {wanted.label} or an Error."
            findings.append(
                Finding(
                    requirement=RESPONSE_RULES[request.primitive], where="header.primitive", message=message
                )
            )
    return findings


def _finding(requirement: str, message: str) -> Finding:
    return Finding(requirement=requirement, where="header.transaction_id", message=message)
