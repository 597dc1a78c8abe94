"""Identities of MIKEY from the URIs of the signalling around it."""

import re

from mediasec.errors import Finding, RequirementViolated
from mediasec.mikey.payloads import Identity
from mediasec.mikey.registry import ErrorNumber
from mediasec.procedures.ticket_terms import uri_identity

_NAME_AND_ADDRESS = re.compile(r'\s*(?:"(?:[^"\\]|\\.)*"\s*|[^<>",;]*)<(?P<uri>[^<>]*)>.*', re.DOTALL)
_BARE = re.compile(r"\s*(?P<uri>[^\s;?<>]+).*", re.DOTALL)
_URI = re.compile(
    r"(?P<scheme>sips?|tel):(?P<user>[^@\s]*@)?(?P<rest>[^;?\s]+)(?P<parameters>[^?\s]*)", re.IGNORECASE
)
_CONTEXT = re.compile(r";phone-context=[^;]+", re.IGNORECASE)


def identity_of_header(value: str) -> Identity:
    """Return the identity that the value of a From or To header gives.

    It is the URI without its parameters and headers, with scheme and domain in lower case, so that both ends
    come to the same octets from a header that was rewritten on its way. Of a tel URI the phone-context stays:
    a local number is another one in each context.

    Args:
        value: Such as `"Alice" <sip:Alice@Example.com;user=phone>;tag=1`.

    Raises:
        RequirementViolated: There is no SIP, SIPS or tel URI in it.

    Source:
        PROC_010 (TS 23.333, 6.2.19.2.2)
        PROC_012 (TS 23.333, 6.2.19.2.2)
    """
    found = _NAME_AND_ADDRESS.fullmatch(value) or _BARE.fullmatch(value)
    uri = _URI.match(found["uri"]) if found else None
    if uri is None:
        raise RequirementViolated(
            Finding(
                requirement="PROC_010",
                where="header",
                message="there is no SIP, SIPS or tel URI to take the identity from",
                reply=ErrorNumber.INVALID_ID,
            )
        )
    scheme, context = uri["scheme"].lower(), None
    if scheme == "tel":
        context = _CONTEXT.search(uri["parameters"])
    kept = "" if context is None else context[0].lower()
    return uri_identity(f"{scheme}:{uri['user'] or ''}{uri['rest'].lower()}{kept}")
