"""House rules that a reader would otherwise have to check by eye."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PRODUCT = ("alerting", "bot", "exporters", "extractor", "grafana", "tools")
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
DOORSTEP_LINES_MAX = 60  # an __init__ or __main__ this small needs no test file of its own

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef


def python_files(*folders: str) -> list[Path]:
    """Python files below the folders, relative to the checkout, sorted."""
    return sorted(
        path.relative_to(ROOT) for folder in folders for path in (ROOT / folder).rglob("*.py")
    )


PRODUCT_FILES = python_files(*PRODUCT)
ALL_FILES = python_files(*PRODUCT, "benchmarks", "tests")


def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse((ROOT / path).read_text(), filename=str(path))


def line_count(path: Path) -> int:
    """Lines of a file, blank ones and docstrings included."""
    return len((ROOT / path).read_text().splitlines())


def mirrored(path: Path) -> Path:
    """The test file of a product file: bot/domain/book.py -> tests/bot/domain/test_book.py."""
    return Path("tests") / path.parent / f"test_{path.stem.strip('_')}.py"


def is_doorstep(path: Path) -> bool:
    """True for an __init__ or __main__ that is too small to go wrong alone."""
    return path.name in {"__init__.py", "__main__.py"} and line_count(path) <= DOORSTEP_LINES_MAX


def public(parent: ast.Module | ast.ClassDef) -> Iterator[Definition]:
    """The public definitions of a module and of its public classes; not those inside functions."""
    for node in parent.body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node)


def is_silent(node: Definition) -> bool:
    """True without a docstring, except where another definition of the same name has it."""
    decorators = {ast.unparse(decorator).split(".")[-1] for decorator in node.decorator_list}
    return not ast.get_docstring(node) and not decorators & {"overload", "override", "setter"}


def test_every_product_file_has_its_mirrored_test() -> None:
    """bot/domain/book.py is tested by tests/bot/domain/test_book.py, and so on for every file."""
    needing = [path for path in PRODUCT_FILES if not is_doorstep(path)]
    assert [] == [str(path) for path in needing if not (ROOT / mirrored(path)).is_file()]


def test_every_file_is_short_enough_to_read() -> None:
    """No file is longer than 400 lines, docstrings and tests included."""
    lengths = {str(path): line_count(path) for path in ALL_FILES}
    assert {} == {path: lines for path, lines in lengths.items() if lines > FILE_LINES_MAX}


def test_every_function_fits_on_a_screen() -> None:
    """No function is longer than 70 lines."""
    functions = (
        (path, node)
        for path in ALL_FILES
        for node in ast.walk(parsed(path))
        if isinstance(node, Function)
    )
    assert [] == [
        f"{path}:{node.lineno} {node.name}"
        for path, node in functions
        if (node.end_lineno or node.lineno) - node.lineno >= FUNCTION_LINES_MAX
    ]


def test_every_public_name_says_what_it_is() -> None:
    """Every module has a docstring, and so has every public class, function and method in it."""
    modules = {path: parsed(path) for path in PRODUCT_FILES}
    assert [] == [str(path) for path, module in modules.items() if not ast.get_docstring(module)]
    assert [] == [
        f"{path}:{node.lineno} {node.name}"
        for path, module in modules.items()
        for node in public(module)
        if is_silent(node)
    ]


def test_tests_are_not_a_package() -> None:
    """With __init__ files tests/bot would be imported under the name of the product."""
    assert [] == sorted((ROOT / "tests").rglob("__init__.py"))
