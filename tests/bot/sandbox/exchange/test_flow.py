"""Where the market comes from."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from bot.domain.errors import InputError, TapeError
from bot.domain.messages import BookSnapshot
from bot.sandbox.exchange.flow import generated_flow, tape_flow
from bot.sandbox.market import GeneratedMarketConfig, generate, write_tape

CONFIG = GeneratedMarketConfig(seed=3, duration_s=60)


def test_a_generated_flow_opens_with_both_books_and_goes_on() -> None:
    """Times start at 0 and do not go back; the catalogue knows the market."""
    flow = generated_flow(CONFIG)
    [market] = flow.markets
    messages = list(islice(flow.messages, 50))
    assert [BookSnapshot, BookSnapshot] == [type(message) for _, message in messages[:2]]
    times = [at_ns for at_ns, _ in messages]
    assert (0, sorted(times)) == (times[0], times)
    assert market.slug == flow.catalogue[market.condition_id]["slug"]


def test_a_tape_gives_its_markets_and_its_messages(tmp_path: Path) -> None:
    """The same ones as the generated market it was written from."""
    path = tmp_path / "tape.jsonl"
    write_tape(path, generate(CONFIG), CONFIG.slug)
    flow = tape_flow(path)
    [expected] = generated_flow(CONFIG).markets
    [market] = flow.markets
    assert (expected.condition_id, set(expected.tokens)) == (
        market.condition_id, set(market.tokens),
    )  # fmt: skip
    assert 0 == next(flow.messages)[0]


def test_a_useless_tape_is_an_error(tmp_path: Path) -> None:
    """Missing, empty, or without the market asked for."""
    with pytest.raises(TapeError):
        tape_flow(tmp_path / "none.jsonl")
    empty = tmp_path / "empty.jsonl"
    empty.write_text("")
    with pytest.raises(InputError, match="no market"):
        tape_flow(empty)
