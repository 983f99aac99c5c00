"""One side's totals over HTTP: a bot's `/metrics`, or Prometheus's `/federate` for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import httpx

from bot.domain.errors import InputError
from exporters.divergence.totals import Totals, read_totals

TIMEOUT_S = 10.0
"""A bot that does not answer within this counts as not answering at this look."""
TEXT_TYPE = "text/plain; version=0.0.4"
"""The classic text; without asking, a newer server may answer in another form."""

Source: TypeAlias = Callable[[], Totals | None]
"""Answers with the totals of now, or `None` when the side cannot be read."""


def http_source(url: str) -> Source:
    """Return a source that reads `url` at each call."""

    def read() -> Totals | None:
        try:
            answer = httpx.get(url, timeout=TIMEOUT_S, headers={"Accept": TEXT_TYPE})
            answer.raise_for_status()
            return read_totals(answer.text)
        except (httpx.HTTPError, InputError):
            return None  # told as a side that is not alive, each minute

    return read
