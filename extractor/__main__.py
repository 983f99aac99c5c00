"""`python -m extractor`: see `--help`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line, windows counted back from the wall clock; return its exit code."""
    import time

    from extractor.cli import run

    return run(sys.argv[1:], time.time_ns())  # noqa: TID251 - the edge: every window hangs on this


if __name__ == "__main__":
    sys.exit(main())
