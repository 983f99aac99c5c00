"""The error tree. The first split says whose fault it is, and so what the caller may do.

PmmError
├── InvariantError            our bug: stop
├── InputError                bad input, named: skip it, count it, or refuse to start
│   ├── WireError             a message of the exchange that cannot be read
│   ├── TapeError             a recording that cannot be opened or read on
│   ├── JournalError          a journal that cannot be written or read
│   ├── CalibrationError      a calibration file that may not be loaded
│   └── SettingsError         wrong use: an unknown key, a value out of bounds
└── VenueError                the other side of an order
    ├── OutcomeUnknown        we do not know: keep the order, ask again
    ├── VenueUnavailable      the network or the exchange is away: wait
    └── RateLimited           too fast: wait `retry_after_s`

A refused order is not in this tree: it is the event `OrderRejected` with a reason.
"""

from __future__ import annotations


class PmmError(Exception):
    """Any error this program raises on purpose."""


class InvariantError(PmmError):
    """A state that our own code must never reach."""


class InputError(PmmError):
    """Input from outside that cannot be used; the text names it and says what to do."""


class WireError(InputError):
    """A message of the exchange that cannot be read."""


class TapeError(InputError):
    """A recording that cannot be opened or read on."""


class JournalError(InputError):
    """A journal that cannot be written or read."""


class CalibrationError(InputError):
    """A calibration file that may not be loaded."""


class SettingsError(InputError):
    """A setting that is unknown or out of bounds."""


class VenueError(PmmError):
    """The other side of an order did not do what was asked."""


class OutcomeUnknown(VenueError):
    """An answer that proves nothing: the order may or may not rest."""


class VenueUnavailable(VenueError):
    """The network or the exchange is away."""


class RateLimited(VenueError):
    """The exchange asks us to slow down."""

    def __init__(self, message: str, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
