"""The feed of a generated market, judged by a naive reader who knows only the JSON."""

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.sandbox.market import Frame, GeneratedMarketConfig, generate
from bot.sandbox.market.ids import token_ids

ROOT = Path(__file__).parents[4]
SHORT = GeneratedMarketConfig(seed=5, duration_s=600, activity=8)
Level = dict[str, str]


class NaiveReader:
    """Both books rebuilt from messages alone, in decimals."""

    def __init__(self) -> None:
        """Start knowing nothing."""
        self.books: dict[str, dict[str, dict[Decimal, Decimal]]] = {}
        self.touch_errors = 0
        self.changes = 0

    def read(self, message: dict[str, Any]) -> None:
        """Apply one message; count the changes after which the touch is not as stated."""
        if message["event_type"] == "book":
            self.books[message["asset_id"]] = {
                "BUY": levels(message["bids"]),
                "SELL": levels(message["asks"]),
            }
        for entry in message.get("price_changes", ()):
            side = self.books[entry["asset_id"]][entry["side"]]
            side[Decimal(entry["price"])] = Decimal(entry["size"])
            if not Decimal(entry["size"]):
                del side[Decimal(entry["price"])]
            self.changes += 1
            stated = (Decimal(entry["best_bid"]), Decimal(entry["best_ask"]))
            self.touch_errors += stated != self.touch(entry["asset_id"])

    def touch(self, token: str) -> tuple[Decimal, Decimal]:
        """Best bid and best ask; 0 and 1 for an empty side."""
        book = self.books[token]
        return max(book["BUY"], default=Decimal(0)), min(book["SELL"], default=Decimal(1))


def levels(told: list[Level]) -> dict[Decimal, Decimal]:
    """Sizes by price."""
    return {Decimal(level["price"]): Decimal(level["size"]) for level in told}


def messages(frames: list[Frame]) -> list[dict[str, Any]]:
    """All messages in order, the opening array taken apart."""
    found: list[dict[str, Any]] = []
    for frame in frames:
        data = json.loads(frame.payload)
        found.extend(data if isinstance(data, list) else [data])
    return found


@pytest.fixture(scope="module")
def told(frames: list[Frame]) -> list[dict[str, Any]]:
    """The messages of the lossless market."""
    return messages(frames)


def test_the_first_frame_is_an_array_of_both_books(frames: list[Frame]) -> None:
    """YES and NO, each complete."""
    opening = json.loads(frames[0].payload)
    assert list(token_ids(GeneratedMarketConfig(seed=11))) == [book["asset_id"] for book in opening]
    assert {"book"} == {book["event_type"] for book in opening}


def test_a_naive_reader_agrees_with_every_stated_touch(told: list[dict[str, Any]]) -> None:
    """Without losses the rebuilt touch equals best_bid and best_ask after every change."""
    reader = NaiveReader()
    for message in told:
        reader.read(message)
    assert reader.changes > 30_000
    assert 0 == reader.touch_errors


def test_books_mirror_each_other_never_cross_and_stay_in_range(told: list[dict[str, Any]]) -> None:
    """A YES bid at p is a NO ask at 1 - p of the same size; prices lie between 0 and 1."""
    reader = NaiveReader()
    yes, no = token_ids(GeneratedMarketConfig(seed=11))
    for count, message in enumerate(told):
        reader.read(message)
        if count < 2 or count % 50:
            continue
        bid, ask = reader.touch(yes)
        assert 0 < bid < ask < 1
        for side, other in (("BUY", "SELL"), ("SELL", "BUY")):
            mirrored = {1 - price: size for price, size in reader.books[no][other].items()}
            assert reader.books[yes][side] == mirrored


def test_the_entries_of_a_change_mirror_each_other(told: list[dict[str, Any]]) -> None:
    """Two entries, complementary prices and touches, opposite sides, equal sizes."""
    for message in told:
        if message["event_type"] != "price_change":
            continue
        one, two = message["price_changes"]
        assert one["size"] == two["size"]
        assert {"BUY", "SELL"} == {one["side"], two["side"]}
        assert 1 == Decimal(one["price"]) + Decimal(two["price"])
        assert 1 == Decimal(one["best_bid"]) + Decimal(two["best_ask"])


def test_a_later_book_equals_the_rebuilt_one(told: list[dict[str, Any]]) -> None:
    """What follows a trade repeats what the changes have already said; nothing appears or goes."""
    reader, later = NaiveReader(), 0
    for message in told:
        if message["event_type"] == "book" and message["asset_id"] in reader.books:
            book = reader.books[message["asset_id"]]
            assert book["BUY"] == levels(message["bids"])
            assert book["SELL"] == levels(message["asks"])
            later += 1
        reader.read(message)
    assert later > 500


def decreases(told: list[dict[str, Any]]) -> Counter[tuple[str, str, Decimal]]:
    """How often each (token, price, size taken off the level) occurs, taker's side excluded."""
    found: Counter[tuple[str, str, Decimal]] = Counter()
    reader = NaiveReader()
    for message in told:
        for entry in message.get("price_changes", ()):
            side = reader.books[entry["asset_id"]][entry["side"]]
            before = side.get(Decimal(entry["price"]), Decimal(0))
            found[entry["asset_id"], entry["price"], before - Decimal(entry["size"])] += 1
        reader.read(message)
        if message["event_type"] == "last_trade_price":
            key = message["asset_id"], message["price"], Decimal(message["size"])
            assert found[key] > 0, message
            found[key] -= 1
    return found


def test_each_print_follows_a_decrease_of_its_size_on_its_token_and_price(
    told: list[dict[str, Any]],
) -> None:
    """No print without its change, and no change serves two prints."""
    assert decreases(told)


def test_prints_follow_their_book_by_some_milliseconds(told: list[dict[str, Any]]) -> None:
    """As many milliseconds as in recordings, 18 to 30; hashes of transactions never repeat."""
    prints = [message for message in told if message["event_type"] == "last_trade_price"]
    books = {int(message["timestamp"]) for message in told if message["event_type"] == "book"}
    for print_ in prints:
        at_ms = int(print_["timestamp"])
        assert any(at_ms - delay in books for delay in range(17, 32))
    assert len(prints) == len({print_["transaction_hash"] for print_ in prints}) > 250


def test_trades_name_either_token_and_either_side(told: list[dict[str, Any]]) -> None:
    """All four of BUY and SELL on YES and NO occur."""
    kinds = {
        (message["asset_id"], message["side"])
        for message in told
        if message["event_type"] == "last_trade_price"
    }
    assert 4 == len(kinds)


def test_frames_arrive_in_order_and_state_their_message_time(frames: list[Frame]) -> None:
    """Local time never goes back; venue time is the message's; the median gap is the delay."""
    assert [] == [b for a, b in pairwise(frames) if b.local_ns < a.local_ns]
    delays = sorted(frame.local_ns - frame.venue_ns for frame in frames)
    assert 35 < delays[len(delays) // 2] / 10**6 < 50
    for frame in frames[1:200]:
        assert str(frame.venue_ns // 10**6) == json.loads(frame.payload)["timestamp"]


def test_lost_changes_are_betrayed_by_the_touch() -> None:
    """With a tenth of the changes lost, stated and rebuilt touch differ at times, not mostly."""
    reader = NaiveReader()
    for message in messages(list(generate(msgspec.structs.replace(SHORT, change_loss_ratio=0.1)))):
        reader.read(message)
    assert 0 < reader.touch_errors < 0.5 * reader.changes


def test_losses_take_frames_away_and_change_nothing_else() -> None:
    """What arrives with losses is a subset of what was sent, in the configured shares."""
    sent = messages(
        list(generate(msgspec.structs.replace(SHORT, change_loss_ratio=0, print_loss_ratio=0)))
    )
    lossy = msgspec.structs.replace(SHORT, change_loss_ratio=0.05, print_loss_ratio=0.3)
    arrived = messages(list(generate(lossy)))
    all_sent = Counter(json.dumps(message) for message in sent)
    assert not Counter(json.dumps(message) for message in arrived) - all_sent
    by_kind = [Counter(message["event_type"] for message in told) for told in (sent, arrived)]
    assert 0.03 < 1 - by_kind[1]["price_change"] / by_kind[0]["price_change"] < 0.07
    assert 0.15 < 1 - by_kind[1]["last_trade_price"] / by_kind[0]["last_trade_price"] < 0.45
    assert by_kind[0]["book"] == by_kind[1]["book"]


def rebuilt_hash(book: dict[str, dict[Decimal, Decimal]], terms: dict[str, Any]) -> str:
    """The exchange's hash of a rebuilt book (feed.md 1)."""
    bids = [{"price": str(p), "size": plain(book["BUY"][p])} for p in sorted(book["BUY"])]
    asks = sorted(book["SELL"], reverse=True)
    whole = {key: terms[key] for key in ("market", "asset_id", "timestamp")} | {
        "hash": "",
        "bids": [level | {"price": plain(Decimal(level["price"]))} for level in bids],
        "asks": [{"price": plain(p), "size": plain(book["SELL"][p])} for p in asks],
    }
    for key in ("min_order_size", "tick_size", "neg_risk", "last_trade_price"):
        whole[key] = terms[key]
    text = json.dumps(whole, separators=(",", ":"))
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def plain(value: Decimal) -> str:
    """A decimal without trailing zeros and without an exponent."""
    return f"{value.normalize():f}"


def test_every_hash_verifies_the_rebuilt_book_when_asked_for() -> None:
    """A reader can prove each change, on both tokens, until the last trade price changes."""
    config = msgspec.structs.replace(
        SHORT, duration_s=60, hash_every_change=True, change_loss_ratio=0
    )
    reader, terms, checked = NaiveReader(), dict[str, dict[str, Any]](), 0
    for message in messages(list(generate(config))):
        reader.read(message)
        if message["event_type"] == "book":
            if "tick_size" not in message:
                break
            terms[message["asset_id"]] = message
        if len(message.get("price_changes", ())) == 2:
            for entry in message["price_changes"]:
                token = entry["asset_id"]
                known = terms[token] | {"timestamp": message["timestamp"]}
                checked += entry["hash"] == rebuilt_hash(reader.books[token], known)
    assert checked > 50


def test_a_fine_grid_works_too() -> None:
    """With ticks of a tenth of a cent the touch is right and three decimals appear."""
    config = GeneratedMarketConfig(
        seed=2, tick=10, duration_s=900, activity=4, change_loss_ratio=0, print_loss_ratio=0
    )
    reader = NaiveReader()
    told = messages(list(generate(config)))
    for message in told:
        reader.read(message)
    prices = {entry["price"] for message in told for entry in message.get("price_changes", ())}
    assert 0 == reader.touch_errors
    assert any(len(price) == len("0.501") for price in prices)


def digest(config: GeneratedMarketConfig) -> str:
    """One hash over every frame with its times."""
    total = hashlib.sha256()
    for frame in generate(config):
        total.update(f"{frame.local_ns},{frame.venue_ns},".encode() + frame.payload)
    return total.hexdigest()


@pytest.mark.parametrize("hash_seed", ["0", "4242"])
def test_another_process_generates_the_same_bytes(hash_seed: str) -> None:
    """The same configuration gives the same frames, however that process hashes strings."""
    code = (
        "import sys; sys.path[:0] = sys.argv[1:]; from test_generate import SHORT, digest; "
        "print(digest(SHORT))"
    )
    environment = {"PYTHONHASHSEED": hash_seed, "PATH": os.defpath, "PYTHONPATH": str(ROOT)}
    output = subprocess.run(
        [sys.executable, "-c", code, str(Path(__file__).parent)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert digest(SHORT) == output.stdout.strip()


def test_another_seed_generates_another_market() -> None:
    """Seeds differ from the first frame on."""
    one, other = (generate(GeneratedMarketConfig(seed=seed)) for seed in (1, 2))
    assert next(one) != next(other)
