"""Decrypting the TLS connections of a capture, by tshark and a key log."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from mpspec.model import CannotRun
from mpspec.protocol.capture import Address, Octets

_SECTION = re.compile(
    r"^Follow: tls,raw\nFilter: (?P<filter>.*)\nNode 0: (?P<first>.+)\nNode 1: .*\n"
    r"(?P<lines>(?:\t?[0-9a-f]+\n)*)",
    re.MULTILINE,
)
_END = re.compile(r"ip(?:v6)?\.src eq (?P<host>\S+) and tcp\.srcport eq (?P<port>[0-9]+)")


def follow_tls(
    path: Path, keylog: Path | None, connections: Sequence[tuple[Address, Address]]
) -> Iterator[Octets]:
    """Yield what the TLS connections between these ends carry, one connection after the other.

    Args:
        path: The capture.
        keylog: File of the secrets of the connections, in the form of SSLKEYLOGFILE; None where the
            capture brings them.
        connections: The two ends of each.

    Raises:
        CannotRun: tshark is not installed or fails, or the key log cannot be read.
    """
    tshark = shutil.which("tshark")
    if tshark is None:
        raise CannotRun("TLS in a capture is decrypted by tshark, which is not installed.")
    if keylog is not None and not keylog.is_file():
        raise CannotRun(f"{keylog} cannot be read.")
    command = [tshark, "-r", str(path), "-q"]
    if keylog is not None:
        command += ["-o", f"tls.keylog_file:{keylog}"]
    for first, second in connections:
        command += ["-z", f"follow,tls,raw,{first},{second}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        why = done.stderr.strip().rpartition("\n")[2] or f"exit code {done.returncode}"
        raise CannotRun(f"tshark could not decrypt {path}: {why}")
    for section in _SECTION.finditer(done.stdout):
        # tshark names but one of the nodes; its filter has both.
        first, second = (Address(host, int(port)) for host, port in _END.findall(section["filter"]))
        if str(second) == section["first"]:
            first, second = second, first
        for line in section["lines"].splitlines():
            source, target = (second, first) if line.startswith("\t") else (first, second)
            yield Octets(source=source, target=target, transport="TLS", data=bytes.fromhex(line))
