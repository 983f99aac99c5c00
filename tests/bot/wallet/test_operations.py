"""Each command becomes exactly the calls that are needed, or is refused with its reason."""

import msgspec
import pytest
from polymarket._internal.actions.relayer import calls as sdk
from polymarket.types import EvmAddress

from bot.domain.errors import InputError
from bot.wallet import contracts, operations
from bot.wallet.chain import Holdings
from tests.bot.preflight.test_checks import WALLET
from tests.bot.wallet.world import MARKET, USD

BARE = msgspec.structs.replace(
    WALLET,
    spenders=dict.fromkeys(contracts.SPENDERS, False),
    operators=dict.fromkeys(contracts.OPERATORS, False),
)
HELD = Holdings(7 * USD, 3 * USD, is_resolved=True)


def test_least_privilege_is_six_approvals_and_no_more() -> None:
    """Two exchanges for pUSD; both and both adapters for tokens."""
    calls = operations.approve(BARE)
    assert [contracts.PUSD] * 2 + [contracts.CONDITIONAL_TOKENS] * 4 == [c.to for c in calls]
    assert [] == operations.approve(WALLET)


def test_calls_are_those_of_the_exchanges_own_client() -> None:
    """Byte for byte."""
    approve = operations.approve(BARE)
    pusd, ctf = EvmAddress(contracts.PUSD), EvmAddress(contracts.CONDITIONAL_TOKENS)
    exchange, adapter = EvmAddress(contracts.CTF_EXCHANGE), EvmAddress(contracts.CTF_ADAPTER)
    merge = operations.merge(WALLET, HELD, MARKET, None)[0]
    redeem = operations.redeem(WALLET, HELD, MARKET)[0]
    condition = MARKET.condition_id
    expected = [
        sdk.erc20_approval_call(token_address=pusd, spender=exchange, amount=contracts.UNLIMITED),
        sdk.erc1155_set_approval_for_all_call(token_address=ctf, operator=exchange),
        sdk.ctf_merge_positions_call(
            target=adapter, collateral=pusd, condition_id=condition, amount=3 * USD
        ),
        sdk.ctf_redeem_positions_call(ctf=adapter, collateral=pusd, condition_id=condition),
    ]
    ours = [approve[0], approve[2], merge, redeem]
    assert [(c.to, c.data) for c in expected] == [(c.to, f"0x{c.data.hex()}") for c in ours]


def test_ramps_have_the_selectors_of_the_exchange() -> None:
    """As computed from its interface."""
    rich = msgspec.structs.replace(WALLET, usdc_e=9 * USD)
    assert "62355638" == operations.wrap(rich, None)[1].data[:4].hex()
    assert "8cc7104f" == operations.unwrap(rich, None)[1].data[:4].hex()


def test_adapter_is_the_one_of_the_markets_kind() -> None:
    """A negative-risk market has its own."""
    other = msgspec.structs.replace(MARKET, neg_risk=True)
    assert contracts.NEG_RISK_ADAPTER == operations.merge(WALLET, HELD, other, USD)[0].to


@pytest.mark.parametrize("amount", [0, -1, 25 * USD + 1])
def test_amount_that_is_not_there_is_refused(amount: int) -> None:
    """Saying what there is."""
    with pytest.raises(InputError, match="holds 25 pUSD"):
        operations.unwrap(WALLET, amount)
    with pytest.raises(InputError, match="holds 3 pairs"):
        operations.merge(WALLET, HELD, MARKET, amount)


def test_nothing_to_wrap_is_refused() -> None:
    """All of nothing is nothing."""
    with pytest.raises(InputError, match=r"holds 0 USDC\.e"):
        operations.wrap(WALLET, None)


@pytest.mark.parametrize(
    ("holdings", "expected"),
    [
        (Holdings(1, 1, is_resolved=False), "not resolved"),
        (Holdings(0, 0, is_resolved=True), "holds nothing"),
    ],
)
def test_redeeming_too_early_or_nothing_is_refused(holdings: Holdings, expected: str) -> None:
    """Before anything is signed."""
    with pytest.raises(InputError, match=expected):
        operations.redeem(WALLET, holdings, MARKET)


def test_adapter_without_approval_is_refused_with_advice() -> None:
    """It would revert."""
    with pytest.raises(InputError, match="run `wallet approve` first"):
        operations.merge(BARE, HELD, MARKET, None)
