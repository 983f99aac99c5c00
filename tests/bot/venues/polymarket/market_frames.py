"""Frames of the market channel as the exchange writes them, with any field replaced."""

import json

from bot.domain.market import TokenId
from bot.domain.messages import DamagedFrame, LevelChange, MarketMessage
from bot.venues.polymarket.wire import decode

YES, NO = TokenId("1921439"), TokenId("3658666")
TIME_MS = 1_782_707_602_253
TIME_NS = TIME_MS * 1_000_000


def entry(**fields: object) -> dict[str, object]:
    """One entry of price_changes as the exchange writes it, with some fields replaced."""
    return {
        "asset_id": YES,
        "price": "0.521",
        "size": "4578.7",
        "side": "SELL",
        "hash": "535ba2",
        "best_bid": "0.519",
        "best_ask": "0.52",
    } | fields


def price_change(*entries: object) -> dict[str, object]:
    """One price_change frame."""
    return {
        "market": "0xd2a8",
        "price_changes": list(entries),
        "timestamp": str(TIME_MS),
        "event_type": "price_change",
    }


def book(**fields: object) -> dict[str, object]:
    """One book frame of the kind sent on subscription."""
    return {
        "market": "0xd2a8",
        "asset_id": YES,
        "timestamp": str(TIME_MS),
        "hash": "a8a751",
        "bids": [{"price": "0.001", "size": "1012937"}, {"price": "0.519", "size": "5149.96"}],
        "asks": [{"price": "0.999", "size": "28250"}, {"price": "0.52", "size": "3000"}],
        "tick_size": "0.001",
        "event_type": "book",
        "last_trade_price": "0.520",
    } | fields


def trade(**fields: object) -> dict[str, object]:
    """One last_trade_price frame."""
    return {
        "market": "0xd2a8",
        "asset_id": NO,
        "price": "0.48",
        "size": "8.05",
        "fee_rate_bps": "0",
        "side": "BUY",
        "timestamp": str(TIME_MS),
        "event_type": "last_trade_price",
        "transaction_hash": "0x2e2f",
    } | fields


def read(content: object) -> list[MarketMessage]:
    """Decode `content` written as JSON."""
    return decode(json.dumps(content).encode())


def reasons(messages: list[MarketMessage]) -> list[str]:
    """Return the reasons of the damaged ones."""
    return [message.reason for message in messages if isinstance(message, DamagedFrame)]


BID, ASK = True, False
CHANGE = LevelChange(YES, ASK, 5210, 4_578_700_000, 5190, 5200, "535ba2")
NO_CHANGE = LevelChange(NO, BID, 4790, 0, 4800, 4810, "62a907")
NO_ENTRY = entry(
    asset_id=NO,
    price="0.479",
    size="0",
    side="BUY",
    hash="62a907",
    best_bid="0.48",
    best_ask="0.481",
)

BAD_NUMBERS = [
    {"price": "nan"},
    {"price": "inf"},
    {"price": "-0.1"},
    {"price": "0"},
    {"price": "1"},
    {"price": "1.2"},
    {"price": "0.52001"},
    {"size": "nan"},
    {"size": "-inf"},
    {"size": "-1"},
    {"size": "1e300"},
    {"size": "1000000001"},
    {"size": "-9007199254740993"},
    {"size": "0.0000005"},
]
