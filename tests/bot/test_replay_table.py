"""The summary: the same numbers as a table and as data."""

import io
import json

from rich.console import Console

from bot.replay import Replayed
from bot.replay_table import as_data, as_table
from bot.tally import Tally


def replayed() -> Replayed:
    """A replay that did little."""
    tally = Tally()
    tally.accepted, tally.filled_orders = 4, 1
    tally.rejected["post_only_cross"] = 2
    tally.feed["damaged"] = 3
    return Replayed(tally=tally, frames=7, damaged_lines=5, tape_s=60.0, wall_s=0.5)


def test_data_is_json_and_holds_what_was_counted() -> None:
    """Damage of frames and lines, orders and rejections by reason."""
    data = json.loads(json.dumps(as_data(replayed())))
    assert (7, 5, 3) == (data["frames"], data["damaged_lines"], data["feed"]["damaged"])
    assert ({"post_only_cross": 2}, 0.25) == (data["orders"]["rejected"], data["fill_rate"])


def test_the_table_says_the_same_to_people() -> None:
    """Damage and rejections are in it, and what is unknown is called so."""
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(as_table(replayed()))
    text = console.export_text()
    assert "3 / 5" in text
    assert "post_only_cross 2" in text
    assert "unknown" in text


def test_no_wall_time_is_no_speed() -> None:
    """A clock too coarse to see the run gives 0, not an error."""
    result = Replayed(tally=Tally(), frames=0, damaged_lines=0, tape_s=0.0, wall_s=0.0)
    assert 0.0 == result.level_changes_per_s
    assert as_table(result).row_count > 0
