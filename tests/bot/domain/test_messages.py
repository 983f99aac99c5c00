"""Market messages: immutable, without cycles for the collector, and each with its own kind."""

import typing

import msgspec
import pytest

from bot.domain import messages

MESSAGES = typing.get_args(messages.MarketMessage)


@pytest.mark.parametrize(
    "message", [*MESSAGES, messages.LevelChange], ids=lambda message: message.__name__
)
def test_messages_are_frozen_and_light(message: type[msgspec.Struct]) -> None:
    """A message never changes once made, and the collector does not track it."""
    assert message.__struct_config__.frozen
    assert not message.__struct_config__.gc


def test_a_gap_without_tokens_means_all() -> None:
    """Our readers say what was lost; nothing named is everything."""
    assert () == messages.FeedGap("reconnected").tokens


def test_damage_has_a_closed_set_of_reasons() -> None:
    """Reasons are plain words without repeats, so they can be metric labels."""
    assert len(set(messages.DAMAGE_REASONS)) == len(messages.DAMAGE_REASONS)
    assert all(reason.isidentifier() for reason in messages.DAMAGE_REASONS)
