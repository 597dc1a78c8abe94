"""Pre-shared keys for the `ssl` module of CPython 3.11 and 3.12, which offers no callbacks for them.

The two functions give a genuine `SSLContext` the callbacks that `ssl` has of its own from Python 3.13 on.
They reach the very libssl that `_ssl` is linked to, through the `SSL_CTX *` that stands behind the object
header of a context. Whether that is so is checked at import, before any callback is set: an option is
flipped through `ssl` and read back through libssl.
"""

import _ssl
import ctypes
import ssl
import sys
from collections.abc import Callable
from ctypes import CFUNCTYPE, c_char_p, c_int, c_uint, c_uint64, c_void_p

_SERVER_CALLBACK = CFUNCTYPE(c_uint, c_void_p, c_char_p, c_void_p, c_uint)
_CLIENT_CALLBACK = CFUNCTYPE(c_uint, c_void_p, c_char_p, c_void_p, c_uint, c_void_p, c_uint)


def _libssl() -> ctypes.CDLL:
    """Return the libssl of `_ssl`, with the types of what is used of it.

    Raises:
        ImportError: This Python is another, or its libssl cannot be reached.
    """
    if sys.implementation.name != "cpython" or sys.version_info[:2] not in ((3, 11), (3, 12)):
        raise ImportError("TLS with pre-shared keys needs CPython 3.11 or later.")
    try:
        library = ctypes.CDLL(_ssl.__file__)
        library.SSL_CTX_get_options.argtypes = [c_void_p]
        library.SSL_CTX_get_options.restype = c_uint64
        library.SSL_CTX_set_psk_server_callback.argtypes = [c_void_p, _SERVER_CALLBACK]
        library.SSL_CTX_set_psk_server_callback.restype = None
        library.SSL_CTX_set_psk_client_callback.argtypes = [c_void_p, _CLIENT_CALLBACK]
        library.SSL_CTX_set_psk_client_callback.restype = None
        library.SSL_CTX_set_session_id_context.argtypes = [c_void_p, c_char_p, c_uint]
        library.SSL_CTX_set_session_id_context.restype = c_int
    except (AttributeError, OSError) as error:
        raise ImportError(
            "This Python's OpenSSL cannot be reached, as when it is linked statically; "
            "TLS with pre-shared keys needs Python 3.13 or later here."
        ) from error
    return library


def _pointer(context: ssl.SSLContext) -> c_void_p:
    """Return the `SSL_CTX *` of a context: the first field behind its object header."""
    return c_void_p(c_void_p.from_address(id(context) + object.__basicsize__).value)


def _check(library: ctypes.CDLL) -> None:
    """Demand that libssl sees what `ssl` sets.

    Raises:
        ImportError: It does not.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for options in (context.options, context.options ^ ssl.OP_NO_TICKET):
        context.options = options
        if library.SSL_CTX_get_options(_pointer(context)) != int(context.options):
            raise ImportError(
                "This Python's SSLContext has another layout than CPython's; "
                "TLS with pre-shared keys needs Python 3.13 or later here."
            )


_LIBRARY = _libssl()
_check(_LIBRARY)


def set_server_callback(context: ssl.SSLContext, lookup: Callable[[str | None], bytes]) -> object:
    """Have a server ask `lookup` for the key of an identity.

    Args:
        context: Context of a server.
        lookup: Gives the key of an identity, or nothing where there is none. It does not raise.

    Returns:
        What must live as long as the context.
    """

    def callback(_: int, identity: bytes | None, key_buffer: int, room: int) -> int:
        try:
            key = lookup(identity.decode() if identity else None)
        except UnicodeDecodeError:
            return 0
        return _fill(key_buffer, room, key)

    kept = _SERVER_CALLBACK(callback)
    _LIBRARY.SSL_CTX_set_psk_server_callback(_pointer(context), kept)
    return kept


def set_client_callback(context: ssl.SSLContext, choose: Callable[[str | None], tuple[str, bytes]]) -> object:
    """Have a client ask `choose` for its identity and key.

    Args:
        context: Context of a client.
        choose: Gives identity and key; its argument is the server's hint. It does not raise.

    Returns:
        What must live as long as the context.
    """

    def callback(
        _: int, hint: bytes | None, identity_buffer: int, identity_room: int, key_buffer: int, room: int
    ) -> int:
        identity, key = choose(None)
        if not _fill(identity_buffer, identity_room, identity.encode() + b"\0"):
            return 0
        return _fill(key_buffer, room, key)

    kept = _CLIENT_CALLBACK(callback)
    _LIBRARY.SSL_CTX_set_psk_client_callback(_pointer(context), kept)
    # `ssl` names the context of its sessions "Python", and TLS 1.3 makes a session of the key without that.
    _LIBRARY.SSL_CTX_set_session_id_context(_pointer(context), b"", 0)
    return kept


def _fill(buffer: int, room: int, octets: bytes) -> int:
    """Copy octets to a buffer of C and return their number; 0 where they do not fit."""
    if len(octets) > room:
        return 0
    ctypes.memmove(buffer, octets, len(octets))
    return len(octets)
