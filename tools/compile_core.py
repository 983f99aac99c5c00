"""Makes a copy of the program whose core is machine code, for replays: `make compiled`.

What runs at every message (books, decisions, limits, orders, the paper venue) is compiled by mypyc
from the very same files. It needs a C compiler and takes a minute or two. Bots do not run on it.
"""

from __future__ import annotations

import argparse
import ast
import os
import shutil
import sys
from pathlib import Path

from mypyc.build import mypycify
from setuptools import setup  # type: ignore[import-untyped]

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "exporters", "extractor", "benchmarks")
ROOMS = ("domain", "strategy", "risk", "execution", "engine", "venues/paper")
EDGES = ("bot/drive.py", "bot/tally.py")
"""What goes round with the engine: the loop that drives it, and the sums over its events."""
KEPT = {"frozen=True", "gc=False"}
"""The options that a value has from its base, so that it keeps them."""
MARK = ".core"
"""A file by which a copy of ours is known: nothing else is ever removed."""


def is_compiled(source: str) -> bool:
    """Return whether a module may be compiled: mypyc drops the options of a class statement.

    Without them a frozen record could be changed, and one that forbids unknown fields would take
    them. Values keep theirs (bot/domain/value.py); modules with other options are left as they are.
    """
    classes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]
    return all(
        [ast.unparse(base) for base in each.bases] == ["Value"]
        and {ast.unparse(option) for option in each.keywords} <= KEPT
        for each in classes
        if each.keywords
    )


def core(root: Path) -> list[str]:
    """Return the modules to compile, as paths below `root`, sorted."""
    rooms = [path for room in ROOMS for path in (root / "bot" / room).glob("*.py")]
    modules = [path for path in rooms if path.name != "__init__.py"]
    modules += [root / edge for edge in EDGES]
    return sorted(str(path.relative_to(root)) for path in modules if is_compiled(path.read_text()))


def copy(target: Path) -> None:
    """Put a fresh copy of the sources into `target`, and nothing else.

    An earlier copy is removed. Exits with 2 where something else is in the way.
    """
    if target.exists():
        if not (target / MARK).exists():
            print(f"{target} is no copy of the core: give a new directory", file=sys.stderr)
            raise SystemExit(2)
        shutil.rmtree(target)
    target.mkdir(parents=True)
    (target / MARK).touch()
    for package in PACKAGES:
        unwanted = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, target / package, ignore=unwanted)


def main() -> None:
    """Copy and compile; exits with 2 without a compiler."""
    parser = argparse.ArgumentParser(
        prog="python tools/compile_core.py",
        description="Compile the core into a copy of the program.",
        epilog="example: python tools/compile_core.py .compiled",
    )
    parser.add_argument("target", type=Path, help="directory of the copy, new or an earlier one")
    target = parser.parse_args().target.resolve()
    if shutil.which("cc") is None:
        print("no C compiler on PATH: install one (Debian: apt-get install gcc)", file=sys.stderr)
        raise SystemExit(2)
    copy(target)
    os.chdir(target)
    settings = str(ROOT / "pyproject.toml")
    modules = mypycify(["--config-file", settings, *core(target)], opt_level="1", debug_level="0")
    setup(
        name="core",
        packages=[],
        py_modules=[],
        ext_modules=modules,
        script_args=["--quiet", "build_ext", "--inplace"],
    )


if __name__ == "__main__":
    main()
