"""House rules that a reader would otherwise have to check by eye."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PRODUCT = ("alerting", "bot", "exporters", "extractor", "grafana", "tools")
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
DOORSTEP_LINES_MAX = 60  # an __init__ or __main__ this small needs no test file of its own

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def python_files(*folders: str) -> list[Path]:
    """Python files below the folders, relative to the checkout, sorted."""
    return sorted(
        path.relative_to(ROOT) for folder in folders for path in (ROOT / folder).rglob("*.py")
    )


PRODUCT_FILES = python_files(*PRODUCT)
ALL_FILES = python_files(*PRODUCT, "benchmarks", "tests")


def definitions(path: Path) -> Iterator[Definition]:
    """Every class and function of a file, nested ones too."""
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, Definition):
            yield node


@pytest.mark.parametrize("path", PRODUCT_FILES, ids=str)
def test_product_file_has_its_mirrored_test(path: Path) -> None:
    """bot/domain/book.py is tested by tests/bot/domain/test_book.py, and so on for every file."""
    doorstep = path.name in {"__init__.py", "__main__.py"}
    if doorstep and len((ROOT / path).read_text().splitlines()) <= DOORSTEP_LINES_MAX:
        return
    mirrored = Path("tests") / path.parent / f"test_{path.stem.strip('_')}.py"
    assert (ROOT / mirrored).is_file(), f"{path} has no {mirrored}"


@pytest.mark.parametrize("path", ALL_FILES, ids=str)
def test_file_is_short_enough_to_read(path: Path) -> None:
    """No file is longer than 400 lines, docstrings and tests included."""
    lines = len((ROOT / path).read_text().splitlines())
    assert lines <= FILE_LINES_MAX, f"{path} has {lines} lines: split it by idea"


@pytest.mark.parametrize("path", ALL_FILES, ids=str)
def test_functions_fit_on_a_screen(path: Path) -> None:
    """No function is longer than 70 lines."""
    long = [
        f"{path}:{node.lineno} {node.name}"
        for node in definitions(path)
        if not isinstance(node, ast.ClassDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > FUNCTION_LINES_MAX
    ]
    assert [] == long


@pytest.mark.parametrize("path", PRODUCT_FILES, ids=str)
def test_every_public_name_says_what_it_is(path: Path) -> None:
    """Every module has a docstring, and so has every public class and function in it."""
    silent = [
        f"{path}:{node.lineno} {node.name}"
        for node in definitions(path)
        if not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    if not ast.get_docstring(ast.parse((ROOT / path).read_text())):
        silent.insert(0, f"{path}:1 module")
    assert [] == silent


def test_tests_are_not_a_package() -> None:
    """With __init__ files tests/bot would be imported under the name of the product."""
    assert [] == sorted((ROOT / "tests").rglob("__init__.py"))
