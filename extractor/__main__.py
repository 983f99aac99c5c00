"""`python -m extractor`: see `--help`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line, windows counted back from the wall clock; return its exit code."""
    import gc
    import time

    from extractor.cli import run

    # Records hold no cycles and stay to the end: the collector would only look at them again and
    # again, for a fifth of the time that reading takes.
    gc.disable()
    return run(sys.argv[1:], time.time_ns())  # noqa: TID251 - the edge: every window hangs on this


if __name__ == "__main__":
    sys.exit(main())
