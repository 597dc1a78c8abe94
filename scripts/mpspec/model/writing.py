"""Writing a statement or rule as the directive that `mpspec.model.pages` reads."""

from mpspec.model.requirements import Requirement, Statement
from mpspec.model.vocabulary import Certainty, Verification


def options_of(requirement: Requirement) -> dict[str, str]:
    """Return the options of a requirement's directive, in the order in which they are written."""
    if isinstance(requirement, Statement):
        options = {
            "id": requirement.id,
            "clause": requirement.clause,
            "kind": str(requirement.kind),
            "strength": str(requirement.strength),
            "binds": ", ".join(requirement.binds),
            "verification": str(requirement.verification),
            "documents": ", ".join(requirement.documents),
            "moves_to": ", ".join(requirement.moves_to),
            "confidence": str(requirement.confidence or ""),
            "continues": "yes" if requirement.continues else "",
        }
    else:
        options = {
            "id": requirement.id,
            "source": "; ".join(map(str, requirement.sources)),
            "refines": ", ".join(requirement.refines),
            "strength": str(requirement.strength),
            "binds": ", ".join(requirement.binds),
            "verification": "inspection" if requirement.verification is Verification.INSPECTION else "",
            "certainty": "unverified" if requirement.certainty is Certainty.UNVERIFIED else "",
            "missing": requirement.missing,
            "decision": requirement.decision,
        }
    return {name: value for name, value in options.items() if value}


def directive(kind: str, title: str, options: dict[str, str], text: str) -> str:
    """Return a directive as it stands in a page.

    Args:
        kind: `stmt` or `rule`.
        title: Its title, in one line.
        options: Its options, in their order.
        text: Its text; each line as it is to stand there.
    """
    lines = [f":::{{{kind}}} {title}", *(f":{name}: {value}" for name, value in options.items())]
    return "\n".join([*lines, "", text, ":::"]) + "\n"
