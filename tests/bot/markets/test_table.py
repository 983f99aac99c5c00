"""The table says of every market why it passed or failed."""

from io import StringIO

from rich.console import Console

from bot.markets.scan import Scan
from bot.markets.table import as_data, as_table, why
from tests.bot.venues.polymarket.test_screening import verdict

GOOD, BAD = verdict(slug="good"), verdict(slug="bad", active=False, volume24hr=1.0)
FOUND = Scan((GOOD, BAD), ("market odd is listed in a way",))


def test_market_that_passes_says_how_its_score_adds_up() -> None:
    """And every value that was looked at."""
    score, ok = why(GOOD)
    assert "score: flow 20.0/40 + spread 24.0/30 + balance 20.0/20 + rewards 10.0/10" == score
    assert "volume $1,000,000, spread 4.00%, price 0.5000, end 350.7 days" in ok


def test_market_that_fails_says_what_first() -> None:
    """With what was wanted."""
    lines = why(BAD)
    assert ["FAILS open: closed (wanted open)", "FAILS volume: $1 (wanted > $100,000 a day)"] == [
        *lines[:2]
    ]
    assert lines[2].startswith("ok: book accepting")


def test_table_shows_the_best_and_counts_all() -> None:
    """`limit` cuts the rows, not the counts."""
    console = Console(width=120, file=StringIO())
    with console.capture() as capture:
        console.print(as_table(FOUND, 1))
    text = capture.get()
    assert "1 of 2 markets pass" in text
    assert "74.0" in text
    assert "bad" not in text


def test_data_have_every_check_of_every_market() -> None:
    """For whoever chooses by other means."""
    data = as_data(FOUND, 10)
    assert (2, 1, 1) == (data["looked_at"], data["passing"], len(data["refused"]))
    good, bad = data["markets"]
    assert (True, 1.0) == (good["passes"], good["score_parts"]["balance"])
    assert (None, None) == (bad["score"], bad["score_parts"])
    assert {"passed": False, "value": "closed", "wanted": "open"} == bad["checks"]["open"]
