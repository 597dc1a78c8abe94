"""File names as the packs of approved CRs have them."""

import re

from mpspec.change_request.definition import ChangeKind, Definition, is_placeholder

_UNSAFE = re.compile(r"[^A-Za-z0-9.()_-]+")


def pack_name(definition: Definition) -> str:
    """Return the name of a document in a pack.

    Of a CR that is `23333_CR0123r1_(Rel-12)_C4-123456.docx`: specification, number, revision, Release, Tdoc
    of the working group. A number that is not allocated yet shows as `XXXX`. A P-CR is named by its Tdoc.
    """
    cover = definition.cover
    tdoc = _filled(cover.get("tdoc", ""), "Tdoc")
    specification = definition.specification.rpartition(" ")[2].replace(".", "")
    if definition.kind is ChangeKind.PSEUDO_CR:
        return _safe(f"{tdoc}_pCR_{specification}_{definition.clause}") + ".docx"
    revision = cover.get("revision", "-")
    suffix = f"r{revision}" if revision.isdecimal() else ""
    number = _filled(cover.get("cr_number", ""), "XXXX")
    release = _filled(cover.get("release", ""), "Rel-X")
    return _safe(f"{specification}_CR{number}{suffix}_({release})_{tdoc}") + ".docx"


def _filled(value: str, otherwise: str) -> str:
    return otherwise if is_placeholder(value) else value


def _safe(name: str) -> str:
    return _UNSAFE.sub("_", name)
