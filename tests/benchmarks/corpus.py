"""Makes a project of any size: statements, rules that refine them, code, tests and evidence.

Usage: python tests/benchmarks/corpus.py FOLDER COUNT

Of COUNT requirements a tenth are statements and the rest rules. Every rule has one function that claims it
and one test that verifies it, twenty-five to a file. The same count gives the same project.
"""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from mpspec.evidence.store import PATH, Evidence, Outcome, Result, fingerprints

_STRENGTHS = Path(__file__).parents[2] / "reqs/strengths.toml"
_A_FILE = 25
_RULES_A_STATEMENT = 9


def make(root: Path, count: int) -> None:
    """Write the project into an empty folder."""
    statements = [f"ST{number // 999}_{number % 999 + 1:03}" for number in range(count // 10)]
    rules = [f"RU{number // 999}_{number % 999 + 1:03}" for number in range(count - len(statements))]
    source = f"7\nMRFC/ MRFP interface (Mp)\n{''.join(map(_sentence, statements))}"
    _write(root / "reqs/tr29828/pcr.txt", source)
    digest = hashlib.sha256(source.encode()).hexdigest()
    _write(root / "reqs/references.toml", f'[source]\nfile = "reqs/tr29828/pcr.txt"\nsha256 = "{digest}"\n')
    _write(root / "reqs/tr29828/7.md", "".join(_statements(statements)))
    _write(root / "reqs/strengths.toml", _STRENGTHS.read_text(encoding="utf-8"))
    results = []
    for number, start in enumerate(range(0, len(rules), _A_FILE)):
        batch = rules[start : start + _A_FILE]
        _write(root / f"reqs/rules/page{number:04}.md", "".join(_rules(batch, start, statements)))
        _write(root / f"impl/mediasec/part{number:04}.py", "".join(_code(batch)))
        test = f"tests/conformance/rfc8855/test_5_part{number:04}.py"
        _write(root / test, "".join(_tests(batch, number)))
        results += [
            Result(
                node=f"{test}::test_{rule.lower()}__holds",
                outcome=Outcome.PASSED,
                seconds=0.001,
                executed=(f"mediasec.part{number:04}.check_{rule.lower()}",),
            )
            for rule in batch
        ]
    Evidence(
        commit="",
        modified=False,
        finished="2026-11-20T10:00:00Z",
        python="3.11.2",
        partial="",
        files=fingerprints(root),
        results=tuple(results),
    ).save(root / PATH)


def _sentence(identity: str) -> str:
    return f"The endpoint shall keep what {identity} asks for apart from every other session that it holds.\n"


def _statements(identities: list[str]) -> Iterator[str]:
    yield "# 7 MRFC/ MRFP interface (Mp)\n"
    for identity in identities:
        yield (
            f"\n:::{{stmt}} Statement {identity}\n:id: {identity}\n:clause: 7\n:kind: requirement\n"
            f":strength: shall\n:binds: MRFC, MRFP\n:verification: test\n:moves_to: 5.20.2\n"
            f":confidence: derived\n\n{_sentence(identity)}:::\n"
        )


def _rules(identities: list[str], start: int, statements: list[str]) -> Iterator[str]:
    yield "# Rules\n"
    for number, identity in enumerate(identities, start):
        above = statements[number // _RULES_A_STATEMENT % len(statements)]
        yield (
            f"\n:::{{rule}} Rule {identity}\n:id: {identity}\n:source: RFC 8855, 5\n:refines: {above}\n"
            f":strength: shall\n:binds: MRFP\n\n{_sentence(identity)}:::\n"
        )


def _code(identities: list[str]) -> Iterator[str]:
    yield '"""Part."""\n'
    for identity in identities:
        yield (
            f"\n\ndef check_{identity.lower()}(value: int) -> bool:\n"
            f'    """Check {identity}.\n\n    Source:\n        {identity} (RFC 8855, 5)\n    """\n'
            "    return value > 0\n"
        )


def _tests(identities: list[str], number: int) -> Iterator[str]:
    yield f'"""Part."""\n\nfrom mediasec import part{number:04} as part\n'
    for identity in identities:
        name = identity.lower()
        yield (
            f'\n\ndef test_{name}__holds():\n    """What {identity} asks for holds."""\n'
            f"    assert part.check_{name}(1)\n"
        )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
