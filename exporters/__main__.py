"""`python -m exporters`: the document of all metrics, `ship`, `divergence` and `wallet`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from exporters import document
from exporters.command_line import Parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 when all is well, 1 when the document is not current or a command failed."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["ship"]:
        from exporters.shipper.command import run as ship

        return ship(given[1:])
    if given[:1] == ["divergence"]:
        from exporters.divergence.command import run as watch

        return watch(given[1:])
    if given[:1] == ["wallet"]:
        from exporters.wallet.command import run as compare

        return compare(given[1:])
    parser = Parser(
        prog="python -m exporters",
        description="The document of all metrics, made from the catalogue. And `ship`, which "
        "follows a journal into InfluxDB, `divergence`, which tells when demo and production part, "
        "and `wallet`, which compares the chain with the ledger: each has its own `--help`.",
        epilog="example: python -m exporters --write",
    )
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--write", action="store_true", help="write docs/metrics.md")
    choice.add_argument("--check", action="store_true", help="fail when docs/metrics.md differs")
    options = parser.parse_args(given)
    if options.write:
        document.write(document.PATH)
    elif not document.is_current(document.PATH):
        print(f"{document.PATH} is not current: run python -m exporters --write", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
