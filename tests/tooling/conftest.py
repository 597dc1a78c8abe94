"""A small project of one statement and one rule, honest in every part, for tests to break."""

import hashlib
from pathlib import Path

import pytest

from mpspec.evidence.store import PATH, Evidence, Outcome, Result, fingerprints

STRENGTHS = (Path(__file__).parents[2] / "reqs/strengths.toml").read_text(encoding="utf-8")

PCR = """7
MRFC/ MRFP interface (Mp)

BFCP traffic shall be protected.
"""

STATEMENTS = """# 7 MRFC/ MRFP interface (Mp)

:::{stmt} BFCP is protected
:id: MP_BFCP_003
:clause: 7
:kind: requirement
:strength: shall
:binds: MRFC, MRFP
:verification: test
:moves_to: 5.20.2
:confidence: derived

BFCP traffic shall be protected.
:::
"""

RULES = """# Rules for SDP

:::{rule} The transport is TCP/TLS/BFCP
:id: SDP_001
:source: RFC 8856, 4
:refines: MP_BFCP_003
:strength: shall
:binds: MRFC

The protocol of a BFCP stream is `TCP/TLS/BFCP`.
:::
"""

CODE = '''"""Rules."""


def check_protocol(protocol):
    """Check the transport.

    Source:
        SDP_001 (RFC 8856, 4)
    """
    return [] if protocol == "TCP/TLS/BFCP" else [protocol]
'''

TEST = '''"""Media line."""

from mediasec.rules import check_protocol


def test_sdp_001__rejects_plain_tcp():
    """The protocol of a BFCP stream is TCP/TLS/BFCP."""
    assert check_protocol("TCP/BFCP")
'''


class Project:
    """A project in a folder, with evidence that speaks of its present state."""

    node = "tests/conformance/rfc8856/test_4_media_line.py::test_sdp_001__rejects_plain_tcp"
    test = "tests/conformance/rfc8856/test_4_media_line.py"
    statements = "reqs/tr29828/7.md"
    rules = "reqs/rules/sdp.md"
    code = "impl/mediasec/rules.py"

    def __init__(self, root: Path) -> None:
        self.root = root
        self.received(PCR)
        self.write("reqs/strengths.toml", STRENGTHS)
        self.write(self.statements, STATEMENTS)
        self.write(self.rules, RULES)
        self.write(self.code, CODE)
        self.write(self.test, TEST)
        self.ran()

    def write(self, path: str, text: str) -> None:
        """Write a file of the project."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def received(self, text: str) -> None:
        """Write the source text, and its digest beside what it is."""
        self.write("reqs/tr29828/pcr.txt", text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        self.write(
            "reqs/references.toml",
            f'["TR 29.828"]\n\n[source]\nfile = "reqs/tr29828/pcr.txt"\nsha256 = "{digest}"\n',
        )

    def replace(self, path: str, old: str, new: str) -> None:
        """Replace text that stands in a file exactly once."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
        self.write(path, text.replace(old, new))

    def ran_without_execution(self) -> None:
        """Leave evidence of the present state, in which the test passed and executed other code."""
        self._ran([Outcome.PASSED], ())

    def ran(self, *outcomes: Outcome, partial: str = "", failed: str = "") -> None:
        """Leave evidence of the present state, in which the test ended so, once for each parameter.

        Args:
            outcomes: How it ended; by default it passed.
            partial: Why the run was not whole.
            failed: Another test, which failed.
        """
        self._ran(list(outcomes) or [Outcome.PASSED], ("mediasec.rules.check_protocol",), partial, failed)

    def _ran(
        self, outcomes: list[Outcome], executed: tuple[str, ...], partial: str = "", failed: str = ""
    ) -> None:
        nodes = [self.node] if len(outcomes) < 2 else [f"{self.node}[{i}]" for i in range(len(outcomes))]
        Evidence(
            commit="4f2c1a9",
            modified=False,
            finished="2026-11-20T10:00:00Z",
            python="3.11.2",
            partial=partial,
            files=fingerprints(self.root),
            results=(
                *(
                    Result(node=node, outcome=outcome, seconds=0.01, executed=executed)
                    for node, outcome in zip(nodes, outcomes, strict=True)
                ),
                *([Result(node=failed, outcome=Outcome.FAILED, seconds=0.01)] if failed else []),
            ),
        ).save(self.root / PATH)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return the honest project."""
    return Project(tmp_path)
