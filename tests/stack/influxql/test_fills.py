"""Every query of the Fills dashboard, on a real engine that holds what a bot published."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app import PaperSetup
from bot.domain import events
from bot.replay import replay
from bot.sandbox.market import GeneratedMarketConfig, generate, write_tape
from bot.tape import read_tape
from bot.tape_markets import find_markets
from exporters.points import to_line, to_point
from tests.stack.influx.engine import InfluxEngine

BOARD = Path(__file__).parent.parent.parent.parent / "grafana" / "dashboards" / "pmm-fills.json"
CACHE = Path.home() / ".cache" / "pmm-servers" / "bin"
BUCKET = "ticks"
HOURS = 3
LINES_A_WRITE = 5_000
VARIABLES = {"$timeFilter": "time >= 0", "$__interval": "1h", "$market": ".*", "$env": "demo"}


def queries() -> list[str]:
    """Every query of the dashboard, with its variables as Grafana fills them in."""
    found = []
    for panel in json.loads(BOARD.read_text())["panels"]:
        for target in panel.get("targets", ()):
            query = target["query"]
            for name, value in VARIABLES.items():
                query = query.replace(name, value)
            found.append(query)
    return found


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InfluxEngine]:
    """An engine with the points of a paper bot that traded; skipped without it, but not in CI."""
    path = os.environ.get("PATH", "")  # noqa: TID251 - where programs are
    program = shutil.which("influxd", path=f"{CACHE}{os.pathsep}{path}")
    if program is None:
        reason = 'influxd 1.6 is not installed: export PATH="$(.ci/servers):$PATH"'
        if os.environ.get("CI"):  # noqa: TID251 - a gate that skips what it promises is no gate
            pytest.fail(reason)
        pytest.skip(reason)
    running = InfluxEngine(program, tmp_path_factory.mktemp("influxql"))
    try:
        running.start()
        running.make(BUCKET)
        lines = published(tmp_path_factory.mktemp("tape") / "generated.jsonl")
        for first in range(0, len(lines), LINES_A_WRITE):
            body = "\n".join(lines[first : first + LINES_A_WRITE]).encode()
            assert 204 == running.write(BUCKET, body, {})[0]
        yield running
    finally:
        running.kill()


def published(path: Path) -> list[str]:
    """The line protocol of everything that a paper bot publishes on a generated market."""
    write_tape(path, generate(GeneratedMarketConfig(seed=1, duration_s=HOURS * 3600)))
    tape = read_tape(path)
    markets = find_markets(frame.payload for frame in tape)
    outcomes = {token: market.outcome(token) for market in markets for token in market.tokens}
    lines: list[str] = []

    class Lines:
        def publish(self, event: events.Event) -> None:
            lines.append(to_line(to_point(event, outcomes), {"env": "demo"}))

    replay([tape], markets, PaperSetup(), sinks=[Lines()])
    return lines


@pytest.mark.parametrize("query", queries())
def test_the_engine_takes_the_query_and_has_an_answer(query: str, engine: InfluxEngine) -> None:
    """None is refused; sides that a short run did not trade may be empty."""
    answer = engine.query(query, BUCKET)
    if '"outcome" =' not in query:
        assert answer, query


def test_the_fills_on_the_chart_are_those_of_the_table(engine: InfluxEngine) -> None:
    """Four queries by token and side share out the fills, and prices are dollars in YES terms."""
    drawn = [q for q in queries() if " filled, " in q]
    prices = [
        row[1]
        for query in drawn
        for series in engine.query(query, BUCKET)
        for row in series["values"]
    ]
    [table] = [q for q in queries() if q.startswith("SELECT") and '"trade"' in q]
    rows = engine.query(table, BUCKET)[0]["values"]
    assert len(prices) == len(rows) > 0
    assert all(0 < price < 1 for price in prices)
