"""`python -m grafana` writes the dashboards; `--check` fails when the committed files differ."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence

from exporters.command_line import Parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 when the files are written or current, 1 when they differ."""
    parser = Parser(
        prog="python -m grafana",
        description="Write grafana/dashboards/*.json from the code.",
        epilog="example: python -m grafana --check",
    )
    parser.add_argument("--check", action="store_true", help="write nothing, fail on a difference")
    options = parser.parse_args(arguments)
    # The files are provisioned in the classic form, which the SDK would rather see gone.
    warnings.filterwarnings("ignore", "Prefer using dashboardv2", DeprecationWarning)
    from grafana import build

    if not options.check:
        build.write()
        return 0
    different = build.differences()
    for name in different:
        print(f"{build.FOLDER / name} is not current: run python -m grafana", file=sys.stderr)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
