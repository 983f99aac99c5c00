"""Chain against ledger: pure, from what each says to what is left unexplained."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress, product

import msgspec

from bot.domain.errors import InputError
from bot.domain.units import dollars
from exporters.catalogue.balance import MISMATCH_USD_MAX

MOVES_MAX = 12
"""Matches on their way at once; with more, too much could be explained for a look to mean much."""

DUST_USD = 0.01
"""What agrees to a cent agrees."""


class Amounts(msgspec.Struct, frozen=True):
    """Cash in 1/1,000,000 dollar, and both outcome tokens of a market in size units."""

    cash: int = 0
    yes: int = 0
    no: int = 0

    def plus(self, other: Amounts) -> Amounts:
        """Return the sum."""
        return Amounts(self.cash + other.cash, self.yes + other.yes, self.no + other.no)

    def minus(self, other: Amounts) -> Amounts:
        """Return the difference."""
        return Amounts(self.cash - other.cash, self.yes - other.yes, self.no - other.no)

    def in_usd(self, mid: float) -> tuple[float, float, float]:
        """Return cash, YES and NO in dollars; `mid` is the price of a YES, 0 to 1."""
        return dollars(self.cash), dollars(self.yes) * mid, dollars(self.no) * (1.0 - mid)


class Claim(msgspec.Struct, frozen=True):
    """What a ledger says: `certain` is on the chain, each of `moves` may or may not be yet.

    So may each sum of `income` (cash), of which only the first count when there are many moves.
    `mid` is the price of a YES, 0 to 1, for reading tokens in dollars.
    """

    certain: Amounts
    moves: tuple[Amounts, ...]
    mid: float
    income: tuple[int, ...] = ()


class Comparison(msgspec.Struct, frozen=True):
    """What came of it: `ledger` with the moves that explain the chain best, and what is left.

    `is_paid` says of the first sums of the claim's income whether the chain has them by that.
    """

    chain: Amounts
    ledger: Amounts
    in_flight: int
    mid: float
    is_paid: tuple[bool, ...] = ()

    @property
    def is_whole(self) -> bool:
        """True when both tokens agree, to a cent, and cash as far as no alert is due.

        What rounding leaves of many fills is cash; of half a match the tokens tell.
        """
        cash, *tokens = map(abs, self.mismatch_usd)
        return cash <= MISMATCH_USD_MAX and max(tokens) <= DUST_USD

    @property
    def mismatch_usd(self) -> tuple[float, float, float]:
        """Chain minus ledger in cash, YES and NO, in dollars."""
        return self.chain.minus(self.ledger).in_usd(self.mid)


def compare(claim: Claim, chain: Amounts) -> Comparison:
    """Return what the claim leaves unexplained of the chain.

    A match is on the chain whole or not at all, cash and tokens together; so is a sum of income. So
    every choice of them is tried, and the ledger's word is the one that leaves the fewest of cash,
    YES and NO unexplained, and of those the fewest dollars: stolen cash must not pass for a sale on
    its way whose tokens are gone. Raises InputError for more than `MOVES_MAX` matches.
    """
    count = len(claim.moves)
    if count > MOVES_MAX:
        raise InputError(f"{count} matches are not settled: nothing can be compared")
    income = [Amounts(cash) for cash in claim.income[: MOVES_MAX - count]]
    moves = (*claim.moves, *income)
    best = min(
        _choices(len(moves)),
        key=lambda chosen: _left(
            chain.minus(_with(claim.certain, moves, chosen)).in_usd(claim.mid)
        ),
    )
    ledger = _with(claim.certain, moves, best)
    return Comparison(chain, ledger, count, claim.mid, tuple(best[count:]))


def _left(mismatch_usd: Sequence[float]) -> tuple[int, float]:
    """How many of cash, YES and NO do not agree, and by how many dollars in all."""
    gaps = [abs(each) for each in mismatch_usd]
    return sum(gap > DUST_USD for gap in gaps), sum(gaps)


def _choices(count: int) -> Sequence[tuple[bool, ...]]:
    return list(product((False, True), repeat=count))


def _with(certain: Amounts, moves: Sequence[Amounts], chosen: Sequence[bool]) -> Amounts:
    total = certain
    for move in compress(moves, chosen):
        total = total.plus(move)
    return total
