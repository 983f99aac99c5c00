"""The names of a generated market."""

from bot.sandbox.market import GeneratedMarketConfig
from bot.sandbox.market.ids import condition_id, token_ids


def test_ids_have_the_exchanges_form() -> None:
    """`0x` and 64 hex digits; two different tokens of 77 decimal digits."""
    for seed in range(20):
        config = GeneratedMarketConfig(seed=seed)
        condition, tokens = condition_id(config), token_ids(config)
        assert ("0x", 66) == (condition[:2], len(condition))
        assert 0 <= int(condition, 16) < 2**256
        assert [77, 77] == [len(token) for token in tokens]
        assert 2 == len(set(tokens))
        assert all(token.isdecimal() for token in tokens)


def test_ids_follow_from_the_seed_alone() -> None:
    """The same seed gives the same names, another seed others."""
    one, again, other = (
        GeneratedMarketConfig(seed=1),
        GeneratedMarketConfig(seed=1, duration_s=5),
        GeneratedMarketConfig(seed=2),
    )
    assert (condition_id(one), token_ids(one)) == (condition_id(again), token_ids(again))
    assert condition_id(one) != condition_id(other)
    assert not set(token_ids(one)) & set(token_ids(other))
