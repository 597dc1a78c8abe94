"""From a stream of octets to messages: the header says where each one ends (RFC 8855, 6.1)."""

from mediasec.bfcp.message import HEADER_OCTETS, MAX_PAYLOAD, Header
from mediasec.errors import MalformedMessage


class TooLong(MalformedMessage):
    """A message is announced longer than this side takes.

    Attributes:
        header: Its header.
    """

    def __init__(self, header: Header, limit: int) -> None:
        payload = 4 * header.payload_length
        super().__init__(f"a payload of {payload} octets is announced, and {limit} is the limit", offset=2)
        self.header = header


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
    def pending_header(self) -> Header | None:
        """Header of a message that is not whole yet; None until the header is."""
        return Header.parse(self._octets) if len(self._octets) >= HEADER_OCTETS else None

    def feed(self, data: bytes) -> None:
        """Append octets of any number."""
        self._octets += data

    def next_message(self) -> tuple[Header, bytes] | None:
        """Return the header and all octets of the next whole message, or None until it is whole.

        Raises:
            TooLong: The next message is announced longer than the limit.

        Source:
            BFCP_027 (RFC 8855, 6.1)
        """
        if len(self._octets) < HEADER_OCTETS:
            return None
        header = Header.parse(self._octets)
        payload = 4 * header.payload_length
        if payload > self._max_payload:
            raise TooLong(header, self._max_payload)
        end = HEADER_OCTETS + payload
        if len(self._octets) < end:
            return None
        octets = bytes(self._octets[:end])
        del self._octets[:end]
        return header, octets
