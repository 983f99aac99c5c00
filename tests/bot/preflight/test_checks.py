"""Each check is green for what it should be and red, with what to do, for anything else."""

from collections.abc import Callable

import msgspec
import pytest

from bot.preflight.checks import (
    BLOCKED,
    CLOSE_ONLY,
    Failed,
    Place,
    Probed,
    check,
    may_trade,
)
from bot.risk.kill_switch import Latch
from bot.wallet import contracts
from bot.wallet.chain import WalletState

WALLET = WalletState(
    address="0x" + "a" * 40,
    pusd=25_000_000,
    usdc_e=0,
    gas_wei=0,
    has_code=True,
    spenders=dict.fromkeys(contracts.SPENDERS, True),
    operators=dict.fromkeys(contracts.OPERATORS, True),
)
READY = Probed(
    is_live=True,
    place=Place(is_blocked=False, country="PT", region="11"),
    login=WALLET.address,
    is_closed_only=False,
    skew_s=0.4,
    version=2,
    without_code=(),
    decimals=6,
    wallet=WALLET,
    wallet_kind="deposit",
    wallet_is="deposit",
    exchange_cash=25_000_000,
    open_orders=("o1",),
    known_orders={"o1", "o0"},
    is_lock_free=True,
    is_state_writable=True,
    latch=None,
)
PROBES = [name for name in Probed.__struct_fields__ if name not in {"is_live", "wallet_kind"}]


def red(**found: object) -> dict[str, str]:
    """The red lines when some probes found something else."""
    lines = check(msgspec.structs.replace(READY, **found))
    return {line.name: line.text for line in lines if not line.is_green}


def wallet(**found: object) -> WalletState:
    """A wallet that is ready but for something."""
    return msgspec.structs.replace(WALLET, **found)


def test_everything_in_order_is_green() -> None:
    """Seventeen lines, and the bot may trade."""
    lines = check(READY)
    assert may_trade(lines)
    assert 17 == len({line.name for line in lines})


@pytest.mark.parametrize(
    ("found", "name", "advice"),
    [
        ({"is_live": False}, "live", "PMM_LIVE=yes"),
        ({"place": Place(is_blocked=True, country="PT", region="")}, "place", "PT is blocked"),
        ({"place": Place(is_blocked=False, country="BR", region="SP")}, "place", "Brazil"),
        ({"place": Place(is_blocked=False, country="CA", region="ON")}, "place", "close-only"),
        ({"place": Place(is_blocked=False, country="UA", region="43")}, "place", "is blocked"),
        ({"is_closed_only": True}, "closed-only", "may only reduce"),
        ({"skew_s": 2.0}, "clock", "run NTP"),
        ({"skew_s": -2.5}, "clock", "-2.50 s"),
        ({"version": 3}, "version", "update this program"),
        ({"without_code": ("pUSD", "onramp")}, "contracts", "no code at pUSD, onramp"),
        ({"decimals": 18}, "pUSD", "send nothing"),
        ({"wallet": wallet(has_code=False)}, "wallet", "deploy it"),
        ({"wallet_kind": "eoa", "wallet_is": "eoa"}, "wallet", "PMM_WALLET_KIND"),
        ({"wallet_is": "safe"}, "kind", "set PMM_WALLET_KIND=safe"),
        ({"wallet_is": "proxy"}, "kind", "not supported: move the money"),
        ({"wallet_is": ""}, "kind", "is no wallet of this key"),
        ({"wallet": wallet(signatures=2)}, "wallet", "needs 2 signatures: use a Safe with one"),
        ({"wallet": wallet(pusd=4_999_999)}, "balance", "deposit"),
        ({"wallet": wallet(pusd=0, usdc_e=30_000_000)}, "balance", "wrap $30.00 USDC.e"),
        ({"exchange_cash": 0}, "exchange balance", "wait a minute"),
        ({"open_orders": ("o1", "alien")}, "orders", "1 of 2 open orders are not ours"),
        ({"is_lock_free": False}, "lock", "stop it"),
        ({"is_state_writable": False}, "state", "owner"),
        ({"latch": Latch(reason="loss", loss=5, tripped_ns=1)}, "kill switch", "--yes"),
    ],
)
def test_each_trouble_is_one_red_line_that_says_what_to_do(
    found: dict[str, object], name: str, advice: str
) -> None:
    """The others stay green."""
    told = red(**found)
    assert [name] == list(told)
    assert advice in told[name]


def test_missing_approvals_are_named() -> None:
    """Only those that a maker needs."""
    some = wallet(
        spenders={"CTF Exchange V2": True, "NegRisk Exchange V2": False},
        operators=dict.fromkeys(contracts.OPERATORS, True) | {"CTF adapter": False},
    )
    told = red(wallet=some)["approvals"]
    assert "missing: pUSD to NegRisk Exchange V2, tokens to CTF adapter" in told
    assert "wallet approve --yes" in told


def test_plain_key_needs_no_code() -> None:
    """But is told that it may be refused."""
    lines = check(
        msgspec.structs.replace(
            READY, wallet=wallet(has_code=False), wallet_kind="eoa", wallet_is="eoa"
        )
    )
    line = next(line for line in lines if line.name == "wallet")
    assert line.is_green
    assert "allow-listed" in line.text


@pytest.mark.parametrize("probe", PROBES)
def test_probe_without_an_answer_is_red_and_the_others_are_still_told(probe: str) -> None:
    """A failed question is no green light."""
    told = red(**{probe: Failed("nobody answers")})
    assert told
    assert {"could not be checked: nobody answers"} == set(told.values())
    assert len(told) == (3 if probe == "wallet" else 1)


@pytest.mark.parametrize("countries", [CLOSE_ONLY, BLOCKED])
def test_no_country_of_the_lists_may_trade(countries: frozenset[str]) -> None:
    """Codes of two letters, as the exchange gives them."""
    made: Callable[[str], Place] = lambda code: Place(is_blocked=False, country=code, region="")  # noqa: E731 - short
    assert all(len(code) == 2 for code in countries)
    assert all("place" in red(place=made(code)) for code in countries)
