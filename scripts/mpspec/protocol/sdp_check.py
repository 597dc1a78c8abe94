"""Checking offers and answers against the rules, and what the two agree on."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mediasec.errors import Finding, MalformedMessage, RequirementViolated
from mediasec.sdp.exchange import Agreement, agreements
from mediasec.sdp.message import SessionDescription
from mediasec.sdp.registry import Solution
from mediasec.sdp.rules import (
    BETWEEN_UES,
    DIAL_IN,
    DIAL_OUT,
    RECOMMENDATIONS,
    Roles,
    check_answer,
    check_exchange,
    check_later_offer,
    check_offer,
)
from mediasec.sdp.streams import StreamKind, solution_of, streams_of
from mpspec.model import CannotRun, Rule
from mpspec.model.pages import read_page
from mpspec.protocol.sdp_input import FoundSdp

ROLES = {"ue": DIAL_IN, "mrfc": DIAL_OUT, "ue-to-ue": BETWEEN_UES}
"""Who made the offer, for whom, by the word for it on the command line."""

_ROOT = Path(__file__).parents[3]
_RULES = _ROOT / "reqs/rules/sdp.md"
_WIDTH = 80
_SOLUTIONS = {
    Solution.G2: "SDES on RTP (TS 33.328, G.2)",
    Solution.G3: "MIKEY-TICKET for all media (TS 33.328, G.3)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A finding, and where it is in what was read.

    Attributes:
        part: `previous`, `offer` or `answer`.
        line: Line of the file, from 1.
        place: The place in words, such as `stream 3 (BFCP), a=setup`.
        finding: The finding.
    """

    part: str
    line: int
    place: str
    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a check found.

    Attributes:
        names: What the sources are called, by part.
        roles: What the two ends are.
        solution: Solution that the session was checked against; None where no offer could be read.
        findings: What breaks a rule, by part and line.
        agreed: What offer and answer agreed on, a stream each; empty where not both could be read.
        rules: The rules by their ID; empty where `reqs/` is not at hand.
    """

    names: dict[str, str]
    roles: Roles
    solution: Solution | None
    findings: tuple[Placed, ...]
    agreed: tuple[Agreement | None, ...]
    rules: dict[str, Rule]


def check(
    offer: FoundSdp, answer: FoundSdp | None = None, previous: FoundSdp | None = None, role: str = "ue"
) -> Report:
    """Check an offer, and its answer if there is one.

    Args:
        offer: The offer.
        answer: Its answer.
        previous: The last description of the side that made the offer, where the offer is a later one.
        role: Who made the offer; a key of `ROLES`.

    Raises:
        CannotRun: One of them is no session description at all, or too large.
    """
    roles = ROLES[role]
    found: list[Placed] = []
    sources = {"previous": previous, "offer": offer, "answer": answer}
    read = {part: _read(part, source, found) for part, source in sources.items() if source is not None}
    first, second, before = read.get("offer"), read.get("answer"), read.get("previous")
    solution = None
    if first is not None:
        solution = solution_of(streams_of(first))
        findings = check_offer(first, roles) if previous is None else []
        if before is not None:
            findings = check_later_offer(before, first, roles)
        found += map(_Locator("offer", offer, first).place, findings)
    if second is not None and answer is not None:
        findings = check_exchange(first, second, roles) if first is not None else check_answer(second, roles)
        found += map(_Locator("answer", answer, second).place, findings)
    order = list(sources)
    return Report(
        names={part: source.name for part, source in sources.items() if source is not None},
        roles=roles,
        solution=solution,
        findings=tuple(sorted(found, key=lambda each: (order.index(each.part), each.line))),
        agreed=agreements(first, second) if first is not None and second is not None else (),
        rules=_rules(),
    )


def _rules() -> dict[str, Rule]:
    if not _RULES.is_file():
        return {}
    page, _ = read_page(_RULES, _ROOT)
    return {rule.id: rule for rule in page.requirements if isinstance(rule, Rule)}


def _read(part: str, source: FoundSdp, found: list[Placed]) -> SessionDescription | None:
    """Read a description and add what breaks its form; None if something does."""
    try:
        return SessionDescription.parse(source.octets)
    except MalformedMessage as error:
        raise CannotRun(f"{source.name} cannot be read as SDP: {error}.") from error
    except RequirementViolated as error:
        found += map(_Locator(part, source, None).place, error.findings)
        return None


class _Locator:
    """Leads findings to lines of a source, and says in words what stands there.

    Args:
        part: What the source is in the exchange.
        source: The source.
        description: The description in it; None where its form is broken, and findings name lines.
    """

    def __init__(self, part: str, source: FoundSdp, description: SessionDescription | None) -> None:
        self._part = part
        self._before = source.first_line - 1
        self._lines = description.places() if description is not None else {}
        self._values: list[str] = []
        self._media: list[str] = []
        if description is not None:
            sections = [description.fields, *(media.fields for media in description.media)]
            self._values = [field.value for fields in sections for field in fields]
            self._media = [media.line.media for media in description.media]

    def place(self, finding: Finding) -> Placed:
        """Return the finding with its line and place."""
        if self._lines:
            line, place = self._lines[finding.where], self._words(finding.where)
        else:
            line, place = int(finding.where.removeprefix("line[").removesuffix("]")), ""
        return Placed(part=self._part, line=self._before + line, place=place, finding=finding)

    def _words(self, where: str) -> str:
        section, _, item = where.partition(".")
        words = section
        if section.startswith("media["):
            index = int(section[6:-1])
            words = f"stream {index + 1} (m={self._media[index]})"
        if item.startswith("attribute["):
            # The value of an attribute may be a key, so its name is all that is shown.
            item = f"a={self._values[self._lines[where] - 1].partition(':')[0]}"
        return f"{words}, {item}" if item else words


def as_json(report: Report) -> dict[str, Any]:
    """Return a report for a machine."""
    return {
        **report.names,
        "offerer": report.roles.offerer.value,
        "answerer": report.roles.answerer.value,
        "solution": report.solution.name if report.solution is not None else None,
        "findings": [_finding_as_json(each, report) for each in report.findings],
        "streams": [_agreement_as_json(each) for each in report.agreed],
    }


def _finding_as_json(placed: Placed, report: Report) -> dict[str, Any]:
    finding = placed.finding
    rule = report.rules.get(finding.requirement)
    return {
        "requirement": finding.requirement,
        "in": placed.part,
        "line": placed.line,
        "where": finding.where,
        "message": finding.message,
        "page": _page_of(finding.requirement),
        "title": rule.title if rule else None,
        "strength": rule.strength.value if rule else None,
        "certainty": rule.certainty.value if rule else None,
        "sources": [str(source) for source in rule.sources] if rule else [],
    }


def _agreement_as_json(agreement: Agreement | None) -> dict[str, Any] | None:
    if agreement is None:
        return None
    target = agreement.target
    return {
        "kind": agreement.kind.value,
        "keeps_connection": agreement.keeps_connection,
        "tcp_client": agreement.tcp_client.value if agreement.tcp_client else None,
        "tls_client": agreement.tls_client.value if agreement.tls_client else None,
        "target": {"host": target.host, "port": target.port} if target else None,
        "falls_back": agreement.falls_back,
        "floor_control_server": agreement.floor.server.value if agreement.floor else None,
    }


def _page_of(identity: str) -> str:
    return f"req/{identity}.html"


def as_lines(report: Report) -> Iterator[tuple[str, str]]:
    """Yield a report for a person: the kind of each line (head, shall, should, text), and the line."""
    for part, name in report.names.items():
        maker = report.roles.answerer if part == "answer" else report.roles.offerer
        shown = name if name.isprintable() else ascii(name)
        yield "head", f"{part.capitalize()}: {shown}, as made by the {maker.value}"
    if report.solution is not None:
        yield "head", f"Checked as a session keyed by {_SOLUTIONS[report.solution]}"
    place = None
    for each in report.findings:
        if place != (place := (each.part, each.line, each.place)):
            yield "text", ""
            words = f", {each.place}" if each.place else ""
            yield "head", f"{each.part.capitalize()}, line {each.line}{words}"
        yield from _finding_lines(each.finding, report.rules.get(each.finding.requirement))
    if any(report.agreed):
        yield "text", ""
        for index, agreement in enumerate(report.agreed, 1):
            if agreement is not None:
                yield from _wrapped(
                    f"Stream {index}, {agreement.kind.value}: {_outcome(agreement)}", "  ", ""
                )
    yield "text", ""
    yield from _summary(report)


def _finding_lines(finding: Finding, rule: Rule | None) -> Iterator[tuple[str, str]]:
    kind = "should" if finding.requirement in RECOMMENDATIONS else "shall"
    head = f"  {finding.requirement}"
    sources = []
    if rule:
        head += f"  {rule.strength.value}: {rule.title}"
        sources = [*map(str, rule.sources), *(["unverified"] if rule.missing else [])]
    yield kind, head
    yield from _wrapped(finding.message, "    ")
    yield from _wrapped("; ".join([*sources, _page_of(finding.requirement)]), "    ")


def _summary(report: Report) -> Iterator[tuple[str, str]]:
    if not report.findings:
        yield "head", "No rule is broken."
        return
    count = len(report.findings)
    advised = sum(each.finding.requirement in RECOMMENDATIONS for each in report.findings)
    yield "head", f"Findings: {count} (shall: {count - advised}, should: {advised})."


def _outcome(agreement: Agreement) -> str:
    """Say in a sentence or two who does what."""
    if agreement.keeps_connection:
        said = "the connection that there is goes on."
    elif agreement.tcp_client is None:
        said = "nobody opens a connection for the time being."
    else:
        target = agreement.target
        place = f"{target.host} port {target.port}" if target else "a place that is not named"
        said = f"the {agreement.tcp_client.value} opens TCP to {place}"
        if agreement.tls_client is None:
            said += ", without TLS."
        elif agreement.tls_client is agreement.tcp_client:
            said += " and starts TLS."
        else:
            said += f", and the {agreement.tls_client.value} starts TLS."
    if agreement.falls_back:
        said += " Before that the offerer makes a new offer, without a=msrp-cema."
    if agreement.kind is StreamKind.BFCP and agreement.floor is not None:
        said += f" The {agreement.floor.server.value} is the floor control server."
    return said


def _wrapped(text: str, indent: str, first: str | None = None) -> Iterator[tuple[str, str]]:
    for line in textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_on_hyphens=False,
    ):
        yield "text", line
