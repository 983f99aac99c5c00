"""A registry as the text of a scrape: tables from what they have ready, the rest by the library."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from exporters.table import TableFamily

_END = b"# EOF\n"


class _One(Collector):
    def __init__(self, family: Family) -> None:
        self._family = family

    def collect(self) -> Iterator[Family]:
        yield self._family


def encode(registry: CollectorRegistry, accept: str) -> tuple[bytes, str]:
    """Return the text in the format that the `Accept` header asks for, and its content type."""
    library, content_type = choose_encoder(accept)
    is_openmetrics = "openmetrics" in content_type
    parts = [_text(family, library, is_openmetrics=is_openmetrics) for family in registry.collect()]
    if is_openmetrics:
        parts.append(_END)
    return b"".join(parts), content_type


def _text(family: Family, library: Callable[[Collector], bytes], *, is_openmetrics: bool) -> bytes:
    if isinstance(family, TableFamily):
        return family.table.text(is_openmetrics=is_openmetrics).encode()
    return library(_One(family)).removesuffix(_END)
