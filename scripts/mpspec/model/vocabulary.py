"""The words that the model uses: every value a field may have, in one place."""

import re
from enum import StrEnum

ID_PATTERN = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z]+)?_[0-9]{3}")
"""An ID of a statement or rule, such as `MP_BFCP_003` or `SDP_012`."""


class Kind(StrEnum):
    """What a statement of the source text is."""

    REQUIREMENT = "requirement"
    RECOMMENDATION = "recommendation"
    PERMISSION = "permission"
    DEFINITION = "definition"
    EXCLUSION = "exclusion"
    RATIONALE = "rationale"
    POINTER = "pointer"
    EDITORS_NOTE = "editor's note"


class Strength(StrEnum):
    """Verbal form of a statement or rule, as TR 21.801 Annex E lists them."""

    SHALL = "shall"
    SHALL_NOT = "shall not"
    SHOULD = "should"
    SHOULD_NOT = "should not"
    MAY = "may"
    NEED_NOT = "need not"
    CAN = "can"
    CANNOT = "cannot"
    NONE = "none"


class Party(StrEnum):
    """Who a statement or rule binds."""

    IMS_UE = "IMS UE"
    KMS = "KMS"
    MRFC = "MRFC"
    MRFP = "MRFP"
    SPECIFICATION = "specification"


class Verification(StrEnum):
    """How a statement or rule is verified."""

    TEST = "test"
    INSPECTION = "inspection"


class Confidence(StrEnum):
    """How sure the proposed target of a statement is."""

    CERTAIN = "certain"
    DERIVED = "derived"
    INFERRED = "inferred"


class Certainty(StrEnum):
    """Whether the fact behind a rule was read in its source."""

    CONFIRMED = "confirmed"
    UNVERIFIED = "unverified"


class Status(StrEnum):
    """Where a requirement stands; computed from evidence, never typed."""

    VERIFIED = "verified"
    FAILING = "failing"
    UNTESTED = "untested"
    HOLLOW = "hollow"
    SUSPECT = "suspect"
    BY_INSPECTION = "by inspection"
    NOT_REVIEWED = "not reviewed"
