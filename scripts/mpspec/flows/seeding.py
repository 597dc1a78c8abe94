"""Octets that are random and yet the same in each recording."""

import _ssl
import ctypes
import hashlib
import itertools
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, Structure, byref, c_int, c_ubyte, c_void_p

_BYTES = CFUNCTYPE(c_int, POINTER(c_ubyte), c_int)
_STATUS = CFUNCTYPE(c_int)


class SeededRandom:
    """A source of octets that a seed decides: the SHA-256 of the seed with a counter, one after the other.

    Whoever knows the seed knows the octets. A recording is made of them because it is published with its
    keys; nothing else may be.

    Args:
        seed: Text; two sources with one seed give the same octets.
    """

    def __init__(self, seed: str) -> None:
        self._seed = seed.encode()
        self._counter = itertools.count()
        self._left = b""

    def __call__(self, length: int) -> bytes:
        """Return the next octets.

        Args:
            length: How many.
        """
        while len(self._left) < length:
            self._left += hashlib.sha256(b"%b/%d" % (self._seed, next(self._counter))).digest()
        octets, self._left = self._left[:length], self._left[length:]
        return octets


class _Method(Structure):
    """RAND_METHOD of OpenSSL."""

    _fields_ = (
        ("seed", c_void_p),
        ("bytes", _BYTES),
        ("cleanup", c_void_p),
        ("add", c_void_p),
        ("pseudorand", _BYTES),
        ("status", _STATUS),
    )


@contextmanager
def seeded_tls(seed: str) -> Iterator[bool]:
    """Give the TLS of this process seeded octets in place of random ones, for the time of a recording.

    It is for the recorder alone. What goes through TLS meanwhile is no secret, which is as it should be with
    a recording: its keys are published beside it. OpenSSL's own source is back at the end, however it ends.

    Args:
        seed: Text that decides the octets.

    Yields:
        Whether it is so. It is not where OpenSSL cannot be reached, or takes its octets from elsewhere; then
        nothing has changed, and TLS differs in each recording.
    """
    random = SeededRandom(seed)

    def draw(buffer: "ctypes._Pointer[c_ubyte]", length: int) -> int:
        ctypes.memmove(buffer, random(length), length)
        return 1

    draws, is_ready = _BYTES(draw), _STATUS(lambda: 1)
    method = _Method(bytes=draws, pseudorand=draws, status=is_ready)
    try:
        set_method = ctypes.CDLL(_ssl.__file__).RAND_set_rand_method
    except (AttributeError, OSError):
        yield False
        return
    set_method.argtypes, set_method.restype = [c_void_p], c_int
    set_method(byref(method))
    try:
        # The first octets show whether the OpenSSL that was reached is the one that `ssl` uses.
        taken = ssl.RAND_bytes(32) == SeededRandom(seed)(32)
        if not taken:
            set_method(None)
        yield taken
    finally:
        set_method(None)
