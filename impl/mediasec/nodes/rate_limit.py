"""How often somebody may ask: a bucket for each, refilled with time."""

from collections import OrderedDict
from dataclasses import dataclass, field

MAX_ASKERS = 4096
"""How many askers are remembered; the one that asked longest ago is forgotten first."""


@dataclass(slots=True, kw_only=True)
class RateLimit:
    """Counts for each asker, by any name that tells it apart.

    Attributes:
        burst: How many requests may come at once.
        per_second: How many more may come in each second.
    """

    burst: int = 60
    per_second: float = 10.0
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def allows(self, asker: str, now: float) -> bool:
        """Tell whether an asker may ask now, and count it if so.

        Args:
            asker: Who asks.
            now: Time in seconds, by any clock that does not go back.

        Source:
            KMS_003 (RFC 6043, 12.3)
        """
        left, then = self._buckets.pop(asker, (float(self.burst), now))
        left = min(self.burst, left + (now - then) * self.per_second)
        allowed = left >= 1
        self._buckets[asker] = (left - 1 if allowed else left, now)
        if len(self._buckets) > MAX_ASKERS:
            self._buckets.popitem(last=False)
        return allowed
