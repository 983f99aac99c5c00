"""The closed sets of the quoting metrics are those of the strategy."""

from bot.engine.desk import KILL_SWITCH, STOPPED
from bot.strategy.quoter import Pause
from exporters.catalogue import quoting
from exporters.catalogue.types import OTHER


def test_pause_reasons_are_those_of_the_bot() -> None:
    """The quoter has its pauses, the desk adds two."""
    assert (*Pause, KILL_SWITCH, STOPPED, OTHER) == quoting.REASON.values


def test_states_are_the_reasons_and_two_more() -> None:
    """A desk starts, quotes, or has a reason not to."""
    assert ("starting", "quoting", *(quoting.REASON.values or ())) == quoting.STATE.values
