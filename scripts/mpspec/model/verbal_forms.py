"""Strength of a sentence, read from its verbal form (TR 21.801 Annex E)."""

import re

from mpspec.model.vocabulary import Strength

_FORMS: tuple[tuple[Strength, str], ...] = (
    (Strength.SHALL_NOT, r"shall\s+not"),
    (Strength.SHALL, r"shall"),
    (Strength.SHOULD_NOT, r"should\s+not"),
    (Strength.SHOULD, r"should"),
    (Strength.NEED_NOT, r"need\s+not"),
    (Strength.MAY, r"may"),
    (Strength.CANNOT, r"cannot|can\s+not"),
    (Strength.CAN, r"can"),
)
"""Every verbal form, the strongest first; a negation stands before the form that it contains."""

_ANY_FORM = re.compile("|".join(rf"(?P<f{i}>\b(?:{form})\b)" for i, (_, form) in enumerate(_FORMS)), re.I)
_FORBIDDEN = re.compile(r"\b(must(?:\s+not)?|may\s+not)\b", re.I)


def verbal_forms(text: str) -> list[Strength]:
    """Return every verbal form in the text, in its order."""
    found: list[Strength] = []
    for match in _ANY_FORM.finditer(text):
        assert match.lastgroup is not None
        found.append(_FORMS[int(match.lastgroup[1:])][0])
    return found


def strength(text: str) -> Strength:
    """Return the strongest verbal form in the text, or `NONE`."""
    found = set(verbal_forms(text))
    return next((form for form, _ in _FORMS if form in found), Strength.NONE)


def forbidden_forms(text: str) -> list[str]:
    """Return the verbal forms in the text that TR 21.801 Annex E tells authors not to use."""
    return [" ".join(match[0].lower().split()) for match in _FORBIDDEN.finditer(text)]
