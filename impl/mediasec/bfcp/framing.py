"""From a stream of octets to messages: the header says where each one ends (RFC 8855, 6.1)."""

from mediasec.bfcp.message import HEADER_OCTETS, MAX_PAYLOAD, Header
from mediasec.errors import MalformedMessage


class Framer:
    """Cuts a stream into messages, each still as octets.

    Args:
        max_payload: Longest payload accepted, in octets; it bounds the memory that a peer can take.
    """

    def __init__(self, *, max_payload: int = MAX_PAYLOAD) -> None:
        self._max_payload = max_payload
        self._octets = bytearray()

    @property
    def pending(self) -> int:
        """Octets of a message that is not whole yet."""
        return len(self._octets)

    @property
    def header(self) -> Header | None:
        """Header of the next message, or None until all of it is there."""
        if len(self._octets) < HEADER_OCTETS:
            return None
        return Header.parse(bytes(self._octets[:HEADER_OCTETS]))

    def feed(self, data: bytes) -> None:
        """Append octets of any number."""
        self._octets += data

    def next_message(self) -> bytes | None:
        """Return the octets of the next whole message, or None until it is whole.

        Raises:
            MalformedMessage: The next message is announced longer than the limit.

        Source:
            BFCP_027 (RFC 8855, 6.1)
        """
        header = self.header
        if header is None:
            return None
        payload = 4 * header.payload_length
        if payload > self._max_payload:
            raise MalformedMessage(
                f"a payload of {payload} octets is announced, and {self._max_payload} is the limit", offset=2
            )
        end = HEADER_OCTETS + payload
        if len(self._octets) < end:
            return None
        message = bytes(self._octets[:end])
        del self._octets[:end]
        return message
