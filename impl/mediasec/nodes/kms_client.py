"""Asking the KMS: a MIKEY message by HTTP, and the MIKEY message that answers it."""

from types import TracebackType
from typing import Final, Self

import aiohttp

from mediasec.errors import EndpointError
from mediasec.mikey.registry import DataType
from mediasec.nodes.observation import Medium
from mediasec.nodes.surroundings import Surroundings

MEDIA_TYPE: Final = "application/mikey"
"""Media type of a MIKEY message (RFC 3830, 10)."""

MAX_MESSAGE_OCTETS: Final = 1 << 18
"""The longest message that is sent or taken, in octets."""

TIMEOUT_SECONDS: Final = 5.0
"""How long an answer may take."""


class KmsUnavailable(EndpointError):
    """The KMS could not be reached, or did not answer with a MIKEY message."""


def message_name(octets: bytes) -> str:
    """Return what a MIKEY message is, by its data type: `REQUEST_INIT_PSK`; for people."""
    try:
        return DataType(octets[1]).name
    except (IndexError, ValueError):
        return "MIKEY message"


class KmsClient:
    """One node's way to its KMS.

    Args:
        url: Where the KMS is, such as `http://192.0.2.1:8080/`.
        surroundings: The world of the node.
    """

    def __init__(self, url: str, surroundings: Surroundings) -> None:
        self._url = url
        self._surroundings = surroundings
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(local_addr=(surroundings.own_host, 0), force_close=True),
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS),
            trust_env=False,
        )

    async def ask(self, octets: bytes) -> bytes:
        """Send REQUEST_INIT or RESOLVE_INIT and return what the KMS answers.

        Raises:
            KmsUnavailable: There is no answer, or it is no MIKEY message.

        Source:
            KMS_001 (RFC 6043, 7)
            KMS_002 (RFC 3830, 10.1)
        """
        self._surroundings.show("KMS", Medium.KMS, message_name(octets), octets)
        try:
            async with self._session.post(
                self._url, data=octets, headers={"Content-Type": MEDIA_TYPE}, allow_redirects=False
            ) as response:
                answer = await response.content.read(MAX_MESSAGE_OCTETS + 1)
                while len(answer) <= MAX_MESSAGE_OCTETS and (more := await response.content.readany()):
                    answer += more
                if len(answer) > MAX_MESSAGE_OCTETS:
                    raise KmsUnavailable(f"The KMS answered with more than {MAX_MESSAGE_OCTETS} octets.")
                if response.status != 200 or response.content_type != MEDIA_TYPE:
                    raise KmsUnavailable(f"The KMS answered with HTTP status {response.status}.")
                return answer
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise KmsUnavailable("The KMS cannot be reached.") from error

    async def close(self) -> None:
        """Close what is open to the KMS."""
        await self._session.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
