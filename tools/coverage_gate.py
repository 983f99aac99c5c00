"""The coverage gate: says which package is below its floor, and where.

Reads the JSON report of coverage.py (format 3: `coverage json`), counts statements and branches
together as coverage.py does, and holds the packages that decide over money to 100 %.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FLOORS_PCT: Mapping[str, float] = {
    "bot/domain": 100.0,
    "bot/strategy": 100.0,
    "bot/risk": 100.0,
    "bot/execution": 100.0,
    "bot/venues/paper": 100.0,
    "": 90.0,  # everything together
}
GAPS_SHOWN_MAX = 20


def failures(files: Mapping[str, Mapping[str, Any]], floors: Mapping[str, float]) -> list[str]:
    """One paragraph for each package below its floor, with the files and lines to look at.

    `files` is the table `files` of the report, keyed by path. A package without any file in the
    report has nothing to cover and passes; coverage.py lists files that no test imported too.
    """
    return [
        f"{package or 'all'}: {covered_pct(inside):.2f} % is below {floor:.0f} %\n{gaps(inside)}"
        for package, floor in floors.items()
        if (inside := below(files, package)) and covered_pct(inside) < floor
    ]


def below(files: Mapping[str, Mapping[str, Any]], package: str) -> dict[str, Mapping[str, Any]]:
    """The files inside a package; all files for the empty name."""
    prefix = f"{package}/" if package else ""
    return {path: report for path, report in files.items() if path.startswith(prefix)}


def covered_pct(files: Mapping[str, Mapping[str, Any]]) -> float:
    """Covered statements and branches in percent of all of them; 100 when there are none."""
    sums = [report["summary"] for report in files.values()]
    total = sum(s["num_statements"] + s["num_branches"] for s in sums)
    covered = sum(s["covered_lines"] + s["covered_branches"] for s in sums)
    return 100.0 * covered / total if total else 100.0


def gaps(files: Mapping[str, Mapping[str, Any]]) -> str:
    """The worst files with their missing lines and branches, one indented line each."""
    open_files = {p: r for p, r in files.items() if r["missing_lines"] or r["missing_branches"]}
    worst = sorted(open_files.items(), key=lambda item: covered_pct(dict([item])))
    return "\n".join(
        f"  {path}: lines {report['missing_lines']}, branches {report['missing_branches']}"
        for path, report in worst[:GAPS_SHOWN_MAX]
    )


def main(arguments: list[str]) -> int:
    """Exit status for the report named by the only argument: 0 fine, 1 below a floor, 2 misused."""
    if len(arguments) != 1:
        print("usage: python tools/coverage_gate.py coverage.json", file=sys.stderr)
        return 2
    report = json.loads(Path(arguments[0]).read_text())
    found = failures(report["files"], FLOORS_PCT)
    print("\n".join(found) or f"coverage {covered_pct(report['files']):.2f} %: every floor holds")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
