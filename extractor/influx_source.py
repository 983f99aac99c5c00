"""The events of a bucket, put back into the order in which they happened.

The store keeps events by kind and cuts their times to unique ones, so a window is read in slices:
all kinds of one slice in one question, sorted by true time and number. A slice is small enough for
memory, and a question that failed half-way is asked again without harm, since nothing of it was
handed on.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import get_args
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from bot.domain.calibration import Window
from bot.domain.errors import SettingsError
from bot.domain.events import Event
from bot.domain.units import NS_PER_MS, NS_PER_S
from exporters.influx_token import influx_token
from exporters.points import TableReader
from exporters.points.schema import ENV_TAG, JSON_FIELDS
from extractor.influx_query import InfluxQuery, Series

SLICE_NS_FIRST = 60 * NS_PER_S
SLICE_NS_MAX = 24 * 3600 * NS_PER_S
ROWS_WANTED = 100_000
"""In one slice: a few hundred MB of memory at most."""
GROWTH_MAX = 4
"""How much longer or shorter than the last a slice may be."""

_decode_times = msgspec.json.Decoder(list[tuple[int, float]]).decode
_decode_pairs = msgspec.json.Decoder(list[tuple[str, str]]).decode
USE = "write --source influx:http://host:8086/BUCKET, with ?env=prod to choose one of several"


class InfluxSource:
    """The events of one bucket, or of one `env` in it; an `EventSource`."""

    def __init__(self, place: str, query: InfluxQuery, env: str | None = None) -> None:
        """Take what the source is called, whom to ask, and which `env`."""
        self._place = place
        self._query = query
        self._env = env
        self._env_is = "" if env is None else f"{_name(ENV_TAG)} = {_text(env)} AND "
        self._readers = [TableReader(kind) for kind in get_args(Event)]

    @property
    def name(self) -> str:
        """`influx:`, the address and the bucket."""
        return f"influx:{self._place}"

    @property
    def damage(self) -> Counter[str]:
        """Rows that were no event, counted under `influx_rows`."""
        damaged = sum(reader.damaged for reader in self._readers)
        return Counter({"influx_rows": damaged} if damaged else {})

    def events(self, window: Window) -> Iterator[Event]:
        """Yield the events of the window in the order of each run.

        Raises InputError when the store does not answer, or not completely; SettingsError when it
        holds several `env` and none was chosen.
        """
        if self._env is None:
            self._check_one_env()
        start_ns, last_ns = self._extent(window)
        span_ns = SLICE_NS_FIRST
        while start_ns <= last_ns:
            # Cut at whole milliseconds: below them a point's time only makes it unique.
            end_ns = min(_floor_ms(start_ns) + span_ns, _ceil_ms(window.until_ns))
            found = self._slice(start_ns, end_ns)
            found.sort(key=_order)
            yield from (e for e in found if window.since_ns <= e.ts_ns < window.until_ns)
            start_ns = end_ns
            span_ns = next_span_ns(span_ns, len(found))

    def _extent(self, window: Window) -> tuple[int, int]:
        # Times of the first and the last point of the window, so that nothing is asked about years
        # without any; the second is the smaller when there is no point.
        start_ns, end_ns = _floor_ms(window.since_ns), _ceil_ms(window.until_ns)
        times: set[int] = set()

        def take(_number: int, series: Series) -> None:
            times.update(time_ns for time_ns, _ in _decode_times(series.values))

        where = f"{self._env_is}time >= {start_ns} AND time < {end_ns}"
        self._query.ask_again(
            [f"SELECT {end}(seq) FROM /.*/ WHERE {where}" for end in ("FIRST", "LAST")],  # noqa: S608
            lambda: take,
        )
        return (min(times), max(times)) if times else (end_ns, start_ns)

    def _slice(self, start_ns: int, end_ns: int) -> list[Event]:
        found: list[Event] = []
        damaged = [reader.damaged for reader in self._readers]

        def begin() -> Callable[[int, Series], None]:
            found.clear()
            for reader, count in zip(self._readers, damaged, strict=True):
                reader.damaged = count

            def take(number: int, series: Series) -> None:
                found.extend(self._readers[number].events(series.columns, series.values))

            return take

        statements = [
            f"SELECT {_columns(reader)} FROM {_name(reader.measurement)} "  # noqa: S608 - quoted
            f"WHERE event = {_text(reader.kind.__name__)} AND {self._env_is}"
            f"time >= {start_ns} AND time < {end_ns}"
            for reader in self._readers
        ]
        self._query.ask_again(statements, begin)
        return found

    def _check_one_env(self) -> None:
        values: set[str] = set()

        def take(_number: int, series: Series) -> None:
            values.update(env for _, env in _decode_pairs(series.values))

        self._query.ask_again([f"SHOW TAG VALUES WITH KEY = {_name(ENV_TAG)}"], lambda: take)
        if len(values) > 1:
            raise SettingsError(f"{self.name} holds {', '.join(sorted(values))}: {USE}")


def next_span_ns(span_ns: int, rows: int) -> int:
    """Return how long the next slice is, so that it holds about ROWS_WANTED rows."""
    wanted_ns = span_ns * ROWS_WANTED // max(1, rows)
    longest_ns = min(span_ns * GROWTH_MAX, SLICE_NS_MAX)
    return _ceil_ms(max(span_ns // GROWTH_MAX, min(wanted_ns, longest_ns), 1))


def influx_source(text: str, environ: Mapping[str, str] | None = None) -> InfluxSource:
    """Return the source of `http://host:8086/BUCKET` or the same with `?env=prod`.

    The token is in $INFLUX_TOKEN, or in the file that $INFLUX_TOKEN_FILE names; without either the
    store is asked without one. Raises SettingsError for what is no address.
    """
    parts = urlsplit(text)
    path, _, bucket = parts.path.rpartition("/")
    options = parse_qs(parts.query, keep_blank_values=True)
    if not bucket or options.keys() - {ENV_TAG}:
        raise SettingsError(f"{text!r} names no bucket: {USE}")
    url = f"{parts.scheme}://{parts.netloc}{path}"
    variables = os.environ if environ is None else environ  # noqa: TID251 - the token's place
    query = InfluxQuery(url, unquote(bucket), influx_token(variables))
    return InfluxSource(text, query, options.get(ENV_TAG, [None])[0])


def _floor_ms(ts_ns: int) -> int:
    return ts_ns // NS_PER_MS * NS_PER_MS


def _ceil_ms(ts_ns: int) -> int:
    return -(-ts_ns // NS_PER_MS) * NS_PER_MS


def _order(event: Event) -> tuple[int, str, int]:
    return event.ts_ns, event.run_id, event.seq


def _columns(reader: TableReader) -> str:
    # Long texts stand in pieces, `name`, `name_2` and so on: as many as there are.
    return ", ".join(
        f"/^{name}(_[0-9]+)?$/" if name in JSON_FIELDS else _name(name) for name in reader.columns
    )


def _name(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
