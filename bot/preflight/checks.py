"""The checks before production: each is one line, green or red, with what to do.

They are pure functions of what was probed. A probe that failed is a red line too, never a green
one and never the end of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

import msgspec

from bot.domain.units import CASH_SCALE, dollars
from bot.risk.kill_switch import Latch
from bot.wallet.chain import WalletState
from bot.wallet.contracts import DECIMALS

ORDER_VERSION = 2
"""The version of orders that this program signs (polymarket.md 1.5)."""
SKEW_S_MAX = 2.0
"""Orders and API requests carry our time (polymarket.md 8.5)."""
CASH_MIN = 5 * CASH_SCALE
"""Buys five shares at any price: below this nothing can be quoted."""
CLOSE_ONLY = frozenset((
    "AU", "BY", "BE", "BI", "BR", "CF", "CD", "ET", "FR", "DE", "IQ", "IT", "LB", "LY", "MM", "NZ",
    "NI", "PL", "RU", "SG", "SO", "SK", "SS", "SD", "TW", "TH", "GB", "US", "UM", "VE", "YE", "ZW",
))  # fmt: skip
"""Countries from which a position may only be reduced (polymarket.md 2.8, as of 2026-09)."""
CLOSE_ONLY_REGIONS = frozenset({("CA", "BC"), ("CA", "ON"), ("CA", "AB"), ("CA", "QC")})
BLOCKED = frozenset({"IR", "SY", "CU", "KP"})
BLOCKED_REGIONS = frozenset({("UA", "43"), ("UA", "14"), ("UA", "09")})

KINDS = frozenset({"eoa", "safe", "deposit"})
"""The wallets that can be traded from."""
USE = "set PMM_WALLET to the deposit wallet or the Safe that the web site made for this key"
NO_KIND = {
    "proxy": f"proxy wallets (of a login by e-mail) are not supported: move the money, then {USE}",
    "": f"PMM_WALLET is no wallet of this key, nor is a session on another's supported: {USE}",
}

T = TypeVar("T")


class Line(msgspec.Struct, frozen=True):
    """One check: `text` says what is and, when it is red, what to do. Holds no secret."""

    name: str
    is_green: bool
    text: str


class Failed(msgspec.Struct, frozen=True):
    """A probe that gave no answer, and why."""

    reason: str


class Place(msgspec.Struct, frozen=True):
    """Where the exchange sees us; codes of ISO 3166."""

    is_blocked: bool
    country: str
    region: str


class Probed(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was found out. A `Failed` stands where a question got no answer.

    `skew_s` is local minus exchange clock. `login` is the address the API key logged in for.
    `wallet_kind` is what the settings say the wallet is, `wallet_is` what it is of this key.
    `open_orders` are ids at the exchange, `known_orders` those in the journal. `latch` is `None`
    while the kill switch is armed.
    """

    is_live: bool
    place: Place | Failed
    login: str | Failed
    is_closed_only: bool | Failed
    skew_s: float | Failed
    version: int | Failed
    without_code: tuple[str, ...] | Failed
    decimals: int | Failed
    wallet: WalletState | Failed
    wallet_kind: str
    wallet_is: str | Failed
    exchange_cash: int | Failed
    open_orders: tuple[str, ...] | Failed
    known_orders: Collection[str] | Failed
    is_lock_free: bool | Failed
    is_state_writable: bool | Failed
    latch: Latch | Failed | None


def check(probed: Probed) -> list[Line]:
    """Return every line, in the order in which a person would mend them."""
    return [
        live(is_live=probed.is_live),
        _line("place", probed.place, place),
        _line("clock", probed.skew_s, clock),  # a wrong one makes every login fail
        _line("version", probed.version, version),
        _line("kind", probed.wallet_is, lambda found: kind(found, probed.wallet_kind)),
        _line("login", probed.login, login),
        _line("closed-only", probed.is_closed_only, closed_only),
        _line("contracts", probed.without_code, contracts),
        _line("pUSD", probed.decimals, decimals),
        _line("wallet", probed.wallet, lambda state: wallet(state, probed.wallet_kind)),
        _line("approvals", probed.wallet, approvals),
        _line("balance", probed.wallet, balance),
        _line("exchange balance", probed.exchange_cash, exchange_balance),
        orders(probed.open_orders, probed.known_orders),
        _line("lock", probed.is_lock_free, lock),
        _line("state", probed.is_state_writable, state),
        _line("kill switch", probed.latch, kill_switch),
    ]


def may_trade(lines: Sequence[Line]) -> bool:
    """Return True when every line is green."""
    return all(line.is_green for line in lines)


# checks -------------------------------------------------------------------------------------


def live(*, is_live: bool) -> Line:
    """Production must be asked for."""
    told = "PMM_LIVE=yes: real orders are asked for"
    return _says("live", is_live, told, "set PMM_LIVE=yes when you mean real money")


def place(found: Place) -> Line:
    """Not from a blocked or close-only place."""
    where = "-".join(part for part in (found.country, found.region) if part) or "unknown"
    here = (found.country, found.region)
    if found.is_blocked or found.country in BLOCKED or here in BLOCKED_REGIONS:
        return Line("place", is_green=False, text=f"{where} is blocked: do not trade from here")
    if found.country in CLOSE_ONLY or here in CLOSE_ONLY_REGIONS:
        note = " (Brazil is on this list)" if found.country == "BR" else ""
        text = f"{where} is close-only{note}: only paper may run from here"
        return Line("place", is_green=False, text=text)
    return Line("place", is_green=True, text=f"{where} may trade")


def login(address: str) -> Line:
    """The API key belongs to the signer: the exchange let it in."""
    return Line("login", is_green=True, text=f"the API key acts for {address}")


def closed_only(is_closed: bool) -> Line:  # noqa: FBT001 - a check takes what was probed
    """The account may open positions."""
    told = "the account may open positions"
    return _says("closed-only", not is_closed, told, "the account may only reduce: ask support")


def clock(skew_s: float) -> Line:
    """Ours is near theirs."""
    return _says(
        "clock",
        abs(skew_s) < SKEW_S_MAX,
        f"{skew_s:+.2f} s from the exchange",
        f"{skew_s:+.2f} s from the exchange, {SKEW_S_MAX:g} s allowed: run NTP",
    )


def version(found: int) -> Line:
    """The exchange takes the orders that we sign."""
    return _says(
        "version",
        found == ORDER_VERSION,
        f"orders of version {found}",
        f"orders of version {found}, we sign {ORDER_VERSION}: update this program",
    )


def kind(found: str, stated: str) -> Line:
    """The wallet is one of this key's that can be traded from, and what the settings say."""
    if found not in KINDS:
        return Line("kind", is_green=False, text=NO_KIND[found])
    return _says(
        "kind",
        found == stated,
        f"the wallet is this key's: {found}",
        f"PMM_WALLET is a wallet of kind {found}, not {stated}: set PMM_WALLET_KIND={found}",
    )


def contracts(without_code: Collection[str]) -> Line:
    """There is a contract at each address."""
    names = ", ".join(without_code)
    trouble = f"no code at {names}: the addresses moved, update this program"
    return _says("contracts", not without_code, "code at every address", trouble)


def decimals(found: int) -> Line:
    """One unit of pUSD is our cash unit."""
    trouble = f"{found} decimals instead of {DECIMALS}: this is not pUSD, send nothing"
    return _says("pUSD", found == DECIMALS, f"{found} decimals", trouble)


def wallet(found: WalletState, kind: str) -> Line:
    """It is there: a contract wallet is deployed; a plain key needs none but may be refused."""
    if kind == "eoa":
        return _says(
            "wallet",
            not found.has_code,
            f"{found.address} is a plain key: the exchange takes allow-listed ones only",
            f"{found.address} is a contract, not a plain key: set PMM_WALLET and PMM_WALLET_KIND",
        )
    if found.signatures > 1:
        text = f"{found.address} needs {found.signatures} signatures: use a Safe with one owner"
        return Line("wallet", is_green=False, text=text)
    return _says(
        "wallet",
        found.has_code,
        f"{found.address} is deployed",
        f"{found.address} has no code: deploy it by logging in once on the web site",
    )


def approvals(found: WalletState) -> Line:
    """The exchanges may take what is sold and paid, and nobody needs more."""
    trouble = f"missing: {', '.join(found.missing)}; run `python -m bot wallet approve --yes`"
    return _says("approvals", not found.missing, "all that a maker needs", trouble)


def balance(found: WalletState) -> Line:
    """There is something to trade with."""
    trouble = f"${dollars(found.pusd):,.2f} pUSD, ${dollars(CASH_MIN):.2f} needed: deposit"
    if found.usdc_e:
        trouble += f", or wrap ${dollars(found.usdc_e):,.2f} USDC.e: `python -m bot wallet wrap`"
    enough = found.pusd >= CASH_MIN
    return _says("balance", enough, f"${dollars(found.pusd):,.2f} pUSD", trouble)


def exchange_balance(cash: int) -> Line:
    """The exchange sees the money too."""
    trouble = f"the exchange sees ${dollars(cash):,.2f}: wait a minute, else log in on the web site"
    return _says("exchange balance", cash >= CASH_MIN, f"${dollars(cash):,.2f} seen", trouble)


def orders(found: tuple[str, ...] | Failed, known: Collection[str] | Failed) -> Line:
    """No order rests that this bot did not place."""
    if isinstance(found, Failed):
        return _unanswered("orders", found)
    if isinstance(known, Failed):
        return _unanswered("orders", known)
    strangers = [order_id for order_id in found if order_id not in known]
    trouble = f"{len(strangers)} of {len(found)} open orders are not ours: cancel them by hand"
    return _says("orders", not strangers, f"{len(found)} open, all known", trouble)


def lock(is_free: bool) -> Line:  # noqa: FBT001 - a check takes what was probed
    """No other engine uses this state."""
    return _says("lock", is_free, "no other engine runs here", "another engine runs here: stop it")


def state(is_writable: bool) -> Line:  # noqa: FBT001 - a check takes what was probed
    """The journal and the kill switch can be written."""
    trouble = "the state directory cannot be written: mend its owner or free space"
    return _says("state", is_writable, "the state directory can be written", trouble)


def kill_switch(latch: Latch | None) -> Line:
    """It is armed."""
    if latch is None:
        return Line("kill switch", is_green=True, text="armed")
    text = f"tripped ({latch.reason}): find out why, then `python -m bot reset-kill-switch --yes`"
    return Line("kill switch", is_green=False, text=text)


# inside -------------------------------------------------------------------------------------


def _line(name: str, answer: T | Failed, made: Callable[[T], Line]) -> Line:
    return _unanswered(name, answer) if isinstance(answer, Failed) else made(answer)


def _unanswered(name: str, failed: Failed) -> Line:
    return Line(name, is_green=False, text=f"could not be checked: {failed.reason}")


def _says(name: str, is_green: bool, good: str, trouble: str) -> Line:  # noqa: FBT001 - private
    return Line(name, is_green, good if is_green else trouble)
