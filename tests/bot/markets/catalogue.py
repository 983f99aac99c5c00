"""A catalogue on the loopback, in a thread of its own."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from tests.loopback import answering


@contextmanager
def catalogue(*entries: dict[str, object]) -> Iterator[str]:
    """Answer every question with these entries; gives the URL."""
    body = json.dumps(entries).encode()

    with answering(lambda _asked: body) as url:
        yield url
