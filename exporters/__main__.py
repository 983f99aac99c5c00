"""`python -m exporters --write` makes docs/metrics.md; `--check` says whether it is current."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from exporters import document


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 when all is well, 1 when the document differs from the catalogue."""
    parser = argparse.ArgumentParser(
        prog="python -m exporters",
        description="The document of all metrics, made from the catalogue.",
        epilog="example: python -m exporters --write",
    )
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--write", action="store_true", help="write docs/metrics.md")
    choice.add_argument("--check", action="store_true", help="fail when docs/metrics.md differs")
    options = parser.parse_args(arguments)
    if options.write:
        document.write(document.PATH)
    elif not document.is_current(document.PATH):
        print(f"{document.PATH} is not current: run python -m exporters --write", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
