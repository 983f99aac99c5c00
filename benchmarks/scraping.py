"""`python -m benchmarks.scraping [SECONDS]`: what a scrape costs, and what it costs the engine.

A scrape runs in a thread of the bot's process, so for as long as it works the engine waits. The
engine is driven without a pause here, which is the worst case: a live bot idles most of the time.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from statistics import median
from time import perf_counter

import msgspec
from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics.exposition import generate_latest as _untyped

from benchmarks.measure import Row
from benchmarks.tape import make_tape
from bot.app import PaperSetup, Session
from bot.domain.market import Market, TokenId
from bot.domain.messages import MarketMessage
from bot.drive import drive
from bot.replay import TapeReader
from bot.tape import read_tape
from bot.tape_markets import markets_on
from exporters.health import Health
from exporters.http import MetricsServer
from exporters.prometheus import PrometheusSink
from tests.exporters.samples import MARKET, SAMPLES

SECONDS = 12.0
ROUNDS = 3
SCRAPES = 200
EVERY_S = 5.0
"""Three times as often as alerting/scrape.py asks for."""
NEWER = {"Accept": "application/openmetrics-text;version=1.0.0"}
WELL = Health(
    is_alive=True, last_event_age_s=0.0, is_kill_switch_tripped=False, is_journal_healthy=True
)
generate_latest: Callable[[CollectorRegistry], bytes] = _untyped
Stream = Iterable[tuple[int, MarketMessage]]


def main(seconds: float) -> None:
    """Print the figures, one a line."""
    for row in (*_scrapes(1), *_scrapes(10), *_steps(seconds)):
        print(f"{row.name}: {row.value:.2f} {row.unit}  {row.note}")


def _scrapes(count: int) -> list[Row]:
    """Times of a scrape over HTTP of a bot on so many markets, whose every family has moved."""
    registry = CollectorRegistry()
    markets = [
        msgspec.structs.replace(
            MARKET, slug=f"market-{n}", yes=TokenId(f"{n}1"), no=TokenId(f"{n}2")
        )
        for n in range(count)
    ]
    sink = PrometheusSink(registry, markets)
    server = MetricsServer(registry, lambda: WELL)
    server.start()
    scrape_ms, library_ms = [], []
    for number in range(SCRAPES):
        _move(sink, markets[number % count])
        began_s = perf_counter()
        _get(server.port)
        scrape_ms.append((perf_counter() - began_s) * 1e3)
        if number < SCRAPES // 5:
            began_s = perf_counter()
            generate_latest(registry)
            library_ms.append((perf_counter() - began_s) * 1e3)
    server.stop()
    name = f"scrape, {count} market{'s' if count > 1 else ''}"
    note = f"the library alone takes {median(library_ms):.1f} ms for the text"
    return [
        Row(f"{name}, p50", median(scrape_ms), "ms", note=note),
        Row(f"{name}, p99", sorted(scrape_ms)[int(SCRAPES * 0.99)], "ms"),
    ]


def _move(sink: PrometheusSink, market: Market) -> None:
    for event in SAMPLES:
        if event.market is None:
            sink.publish(event)
        else:
            token = market.yes if event.token else None
            sink.publish(msgspec.structs.replace(event, market=market.slug, token=token))


def _get(port: int) -> bytes:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/metrics", headers=NEWER)
    body = connection.getresponse().read()
    connection.close()
    return body


def _steps(seconds: float) -> list[Row]:
    """Times of the engine for one message, with and without somebody who scrapes."""
    tape = make_tape(Path(tempfile.gettempdir()), is_quick=True)
    markets = markets_on([read_tape(tape)])
    messages = list(TapeReader([read_tape(tape)]))
    alone, scraped = [], []
    for _ in range(ROUNDS):  # in turn, so that a change of the machine's pace hits both
        alone.append(_p99_us(messages, markets, seconds, is_scraped=False))
        scraped.append(_p99_us(messages, markets, seconds, is_scraped=True))
    change = median(scraped) / median(alone) - 1
    return [
        Row("engine, one message, p99", median(alone), "µs", note="nobody scrapes"),
        Row(
            "engine, one message, p99",
            median(scraped),
            "µs",
            note=f"scraped every {EVERY_S:g} s: {change:+.1%}",
        ),
    ]


def _p99_us(
    messages: list[tuple[int, MarketMessage]],
    markets: list[Market],
    seconds: float,
    *,
    is_scraped: bool,
) -> float:
    registry = CollectorRegistry()
    sink = PrometheusSink(registry, markets)
    server = MetricsServer(registry, lambda: WELL)
    server.start()
    stop = threading.Event()
    scraper = threading.Thread(target=_scrape_until, args=(server.port, stop))
    if is_scraped:
        scraper.start()
    took_s: list[float] = []
    ends_s = perf_counter() + seconds
    while perf_counter() < ends_s:
        session = Session(markets, PaperSetup(), [sink])
        session.start(messages[0][0])
        drive(session.engine, session.venue, _timed(messages, took_s, ends_s))
    stop.set()
    if is_scraped:
        scraper.join()
    server.stop()
    return sorted(took_s)[int(len(took_s) * 0.99)] * 1e6


def _scrape_until(port: int, stop: threading.Event) -> None:
    for _ in cycle([None]):
        _get(port)
        if stop.wait(EVERY_S):
            return


def _timed(
    messages: Stream, took_s: list[float], ends_s: float
) -> Iterator[tuple[int, MarketMessage]]:
    """The messages; how long each was worked on is added to the list."""
    for message in messages:
        began_s = perf_counter()
        yield message
        now_s = perf_counter()
        took_s.append(now_s - began_s)
        if now_s > ends_s:
            return


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)
