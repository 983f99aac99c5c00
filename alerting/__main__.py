"""`python -m alerting` writes rules and routing, `--check` compares; `monitor` is the watchdog."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from exporters.command_line import Parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0 when fine, 1 when files differ, 2 on wrong use."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["monitor"]:
        from alerting.monitor.command import main as monitor

        return monitor(given[1:])
    parser = Parser(
        prog="python -m alerting",
        description="Write the rules of Prometheus and the routing of Alertmanager. And `monitor`, "
        "the watchdog that needs neither: see `monitor --help`.",
        epilog="example: python -m alerting --check",
    )
    parser.add_argument("--check", action="store_true", help="write nothing, fail when it differs")
    options = parser.parse_args(given)
    from alerting import files

    if not options.check:
        files.write(files.FOLDER)
        return 0
    differing = files.differing(files.FOLDER)
    for path in differing:
        print(f"{files.FOLDER / path} is not current: run python -m alerting", file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
