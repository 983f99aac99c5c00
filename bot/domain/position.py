"""The net YES position of one market at average cost, all in integers.

Everything is seen on the YES token: buying NO at q is selling YES at 1 - q, and a YES and a NO
together are worth exactly 1 (market.in_yes_terms). What was realised and what is still open
always add up to the cash that flowed: a rounding moves a unit between the two, never out of them.
"""

from __future__ import annotations


class Position:
    """Signed size with the cash that built it, and the profit of what was closed.

    `size` is in size units, negative when short of YES. `basis` is the cash flow that opened the
    present position (negative for a long one: it was paid), `realised` the profit of the closed
    part before fees; both are cash. `realised + basis` is the cash of all trades.
    """

    __slots__ = ("basis", "realised", "size")

    def __init__(self, size: int = 0, basis: int = 0, realised: int = 0) -> None:
        self.size = size
        self.basis = basis
        self.realised = realised

    def copy(self) -> Position:
        """Return an equal position that may change on its own."""
        return Position(self.size, self.basis, self.realised)

    def trade(self, size: int, flow: int) -> None:
        """Add a trade of signed `size` that moved `flow` of cash (positive: to us).

        A part that is closed takes its share of the basis with it (average cost). Shares are
        rounded so that `realised` is never flattered.
        """
        open_size = self.size
        self.size += size
        if open_size * size >= 0:
            self.basis += flow
        elif abs(size) <= abs(open_size):
            self._close_part(flow, released=self.basis * abs(size) // abs(open_size))
        else:
            self._turn(flow, closing=flow * abs(open_size) // abs(size))

    def _close_part(self, flow: int, released: int) -> None:
        self.realised += flow + released
        self.basis -= released

    def _turn(self, flow: int, closing: int) -> None:
        # The trade closes all that was open and opens the rest on the other side.
        self.realised += self.basis + closing
        self.basis = flow - closing
