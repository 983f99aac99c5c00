"""The addresses are those of the exchange's own client."""

from polymarket._internal.environment import PRODUCTION_CONFIG
from web3 import Web3

from bot.wallet import contracts

CONFIG = PRODUCTION_CONFIG


def test_addresses_are_those_of_the_exchanges_own_client() -> None:
    """All that it knows; ramps and USDC.e are in the documents only."""
    expected = {
        "pUSD": CONFIG.collateral_token,
        "Conditional Tokens": CONFIG.conditional_tokens,
        "CTF Exchange V2": CONFIG.standard_exchange,
        "NegRisk Exchange V2": CONFIG.neg_risk_exchange,
        "CTF adapter": CONFIG.collateral_adapter,
        "NegRisk adapter": CONFIG.neg_risk_collateral_adapter,
    }
    assert expected == {name: contracts.CONTRACTS[name] for name in expected}
    factory = CONFIG.wallet_derivation.deposit_wallet_factory
    assert (factory, CONFIG.chain_id) == (contracts.DEPOSIT_WALLET_FACTORY, contracts.CHAIN_ID)


def test_every_address_has_its_checksum_and_every_right_is_a_contract() -> None:
    """A wrong digit would not pass."""
    assert all(Web3.is_checksum_address(each) for each in contracts.CONTRACTS.values())
    assert {*contracts.SPENDERS, *contracts.OPERATORS} <= set(contracts.CONTRACTS)
