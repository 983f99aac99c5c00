"""Contracts on Polygon that this program talks to, and fragments of their interfaces.

Addresses are those of polymarket-client 0.14.0 and docs.polymarket.com as of 2026-11-22
(polymarket.md 7). Fragments are written by hand from the standards: ERC-20 (EIP-20), ERC-1155
(EIP-1155), Gnosis Conditional Tokens, the onramp's wrap(address,address,uint256) with selector
0x62355638 and the offramp's unwrap with 0x8cc7104f, Safe 1.3.
"""

from __future__ import annotations

from typing import Any

CHAIN_ID = 137
PUSD = "0xC011a7E12a19f7B1f670d46F03B03f3342E82DFB"
USDC_E = "0x2791Bca1f2de4661ED88A30C99A7a9449Aa84174"
CONDITIONAL_TOKENS = "0x4D97DCd97eC945f40cF65F87097ACe5EA0476045"
CTF_EXCHANGE = "0xE111180000d2663C0091e4f400237545B87B996B"
NEG_RISK_EXCHANGE = "0xe2222d279d744050d28e00520010520000310F59"
CTF_ADAPTER = "0xAdA100Db00Ca00073811820692005400218FcE1f"
NEG_RISK_ADAPTER = "0xadA2005600Dec949baf300f4C6120000bDB6eAab"
ONRAMP = "0x93070a847efEf7F70739046A929D47a521F5B8ee"
OFFRAMP = "0x2957922Eb93258b93368531d39fAcCA3B4dC5854"
DEPOSIT_WALLET_FACTORY = "0x00000000000Fb5C9ADea0298D729A0CB3823Cc07"
DECIMALS = 6
"""Of pUSD, USDC.e and outcome tokens alike: one unit is our cash and size unit."""
UNLIMITED = 2**256 - 1

CONTRACTS = {
    "pUSD": PUSD,
    "USDC.e": USDC_E,
    "Conditional Tokens": CONDITIONAL_TOKENS,
    "CTF Exchange V2": CTF_EXCHANGE,
    "NegRisk Exchange V2": NEG_RISK_EXCHANGE,
    "CTF adapter": CTF_ADAPTER,
    "NegRisk adapter": NEG_RISK_ADAPTER,
    "onramp": ONRAMP,
    "offramp": OFFRAMP,
}
"""All of them by name: each must have code."""
SPENDERS = ("CTF Exchange V2", "NegRisk Exchange V2")
"""Who may take pUSD: what buying needs, and nothing else."""
OPERATORS = ("CTF Exchange V2", "NegRisk Exchange V2", "CTF adapter", "NegRisk adapter")
"""Who may move outcome tokens: selling needs the exchanges, merge and redeem the adapters."""


def _view(name: str, inputs: str, output: str) -> dict[str, Any]:
    return {
        "type": "function",
        "name": name,
        "stateMutability": "view",
        "inputs": [{"name": f"_{i}", "type": kind} for i, kind in enumerate(inputs.split())],
        "outputs": [{"name": "", "type": output}],
    }


ERC20 = [
    _view("balanceOf", "address", "uint256"),
    _view("allowance", "address address", "uint256"),
    _view("decimals", "", "uint8"),
]
ERC1155 = [
    _view("balanceOf", "address uint256", "uint256"),
    _view("isApprovedForAll", "address address", "bool"),
    _view("payoutDenominator", "bytes32", "uint256"),
]
SAFE = [_view("nonce", "", "uint256"), _view("getThreshold", "", "uint256")]

APPROVE = "approve(address,uint256)"
APPROVE_ALL = "setApprovalForAll(address,bool)"
WRAP = "wrap(address,address,uint256)"
UNWRAP = "unwrap(address,address,uint256)"
MERGE = "mergePositions(address,bytes32,bytes32,uint256[],uint256)"
REDEEM = "redeemPositions(address,bytes32,bytes32,uint256[])"
EXEC = "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)"
"""What is sent, as signatures: the first four bytes of their hash lead the call."""
