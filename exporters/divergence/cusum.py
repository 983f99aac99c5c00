"""Evidence that adds up until it is enough: one direction of one compared quantity.

The sum is a CUSUM (Page, 1954) of log-likelihood ratios "at the target" against "within the band".
It never falls below 0, so it forgets a quiet past, and where it last was 0 is where the change
began. An alarm stays raised until the same evidence, counted the other way, says that it is over:
an alert that fell silent because the sum starts again after an alarm would be a false all-clear.
"""

from __future__ import annotations

import msgspec

THRESHOLD = 6.5
"""Evidence at which an alarm is raised and at which it is over (calibration.md 4.4)."""
GATE = 2.0
"""An alarm claims more than this ratio, so what was seen must exceed it too."""
RAISED_NS_MAX = 24 * 3_600 * 10**9
"""An alarm that nothing confirmed for a day is let go: too few events came to say either."""


class Cusum(msgspec.Struct):
    """The evidence in one direction.

    * `evidence` for and, while raised, `recovery` against; both in nats, 0 or more.
    * `start_ns`: where the evidence begins, `None` while there is none.
    * `raised_since_ns`: where the evidence of the raised alarm begins, `None` when none is raised.
    """

    evidence: float = 0.0
    recovery: float = 0.0
    start_ns: int | None = None
    raised_since_ns: int | None = None
    confirmed_ns: int = 0

    def add(self, nats: float, now_ns: int) -> None:
        """Add evidence, negative for agreement. Ask `alarms` afterwards.

        More than enough adds nothing, so that what is long past is not held against the present.
        """
        self.evidence = min(THRESHOLD, max(0.0, self.evidence + nats))
        if self.evidence == 0.0:
            self.start_ns = None
        elif self.start_ns is None:
            self.start_ns = now_ns
        if self.raised_since_ns is not None:
            self.recovery = max(0.0, self.recovery - nats)
            self._let_go(now_ns)

    def alarms(self, *, passes_gate: bool, now_ns: int) -> bool:
        """Return True when the evidence is enough; it then starts again from 0.

        `passes_gate` says whether the ratio seen since `start_ns` exceeds the gate.
        """
        if self.evidence < THRESHOLD or not passes_gate:
            return False
        if self.raised_since_ns is None:
            self.raised_since_ns = self.start_ns
        self.confirmed_ns = now_ns
        self.evidence = self.recovery = 0.0
        self.start_ns = None
        return True

    def forget(self) -> None:
        """Drop the evidence for and against; what is raised stays raised."""
        self.evidence = self.recovery = 0.0
        self.start_ns = None

    def _let_go(self, now_ns: int) -> None:
        if self.recovery >= THRESHOLD or now_ns - self.confirmed_ns > RAISED_NS_MAX:
            self.raised_since_ns = None
            self.recovery = 0.0
