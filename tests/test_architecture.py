"""The architecture as a test: the import contracts of pyproject.toml, and what they cannot say."""

import configparser
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import grimp
import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parent.parent
PACKAGES = [
    name
    for name in ("bot", "exporters", "extractor", "grafana", "alerting")
    if (ROOT / name / "__init__.py").exists()
]

# Importer -> all it may import, besides itself and the standard library.
MAY_IMPORT_ONLY = {
    "bot.domain": {"msgspec"},
}
# Importer -> all it may import of the house, besides itself. The outside world is free.
MAY_KNOW_ONLY = {
    "alerting": {"exporters.catalogue", "exporters.command_line", "exporters.whole_file"},
    "extractor": {
        "bot.domain",
        "bot.journal",
        "bot.venues.paper.matching",
        "bot.venues.paper.models",
        "bot.venues.paper.queue",
        "exporters.command_line",
        "exporters.influx_token",
        "exporters.points",
        "exporters.whole_file",
    },
    "grafana": {"exporters.catalogue", "exporters.command_line", "exporters.points"},
}
# Outside library -> its wrapper: the only files that may import it.
WRAPPER = {
    "polymarket": {"bot.venues.polymarket.client", "bot.venues.polymarket.client_words"},
}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """The imports of every product package, outside libraries as leaves."""
    return grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)


def test_contracts_of_pyproject_are_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every import contract holds; the output names the imports that break one."""
    config = tmp_path / "importlinter.ini"
    write_contracts(existing_part(declared_contracts()), config)
    status = lint_imports(config_filename=str(config), no_cache=True, no_logo=True)
    assert 0 == status, capsys.readouterr().out


@pytest.mark.parametrize("importer", sorted(MAY_IMPORT_ONLY))
def test_pure_packages_import_nothing_unlisted(importer: str, graph: grimp.ImportGraph) -> None:
    """A pure package imports the standard library and what the list allows it, nothing else."""
    allowed = MAY_IMPORT_ONLY[importer] | sys.stdlib_module_names | {importer}
    assert [] == sorted(strangers(graph, importer, allowed))


@pytest.mark.parametrize("importer", sorted(MAY_KNOW_ONLY))
def test_readers_know_only_what_they_read(importer: str, graph: grimp.ImportGraph) -> None:
    """Who reads the bot's output knows its vocabulary and nothing else of the house."""
    unlisted = strangers(graph, importer, MAY_KNOW_ONLY[importer] | {importer})
    assert [] == sorted(arrow for arrow in unlisted if arrow[1].split(".")[0] in PACKAGES)


@pytest.mark.parametrize("library", sorted(WRAPPER))
def test_wrapped_libraries_are_imported_by_their_wrapper_alone(
    library: str, graph: grimp.ImportGraph
) -> None:
    """A library that we wrap is known to its wrapper and to nobody else."""
    found = graph.find_modules_that_directly_import(library) if library in graph.modules else set()
    assert found <= WRAPPER[library]


def strangers(
    graph: grimp.ImportGraph, importer: str, allowed: Iterable[str]
) -> list[tuple[str, str]]:
    """Imports (from, to) that leave the package `importer` for something not in `allowed`."""
    inside = {importer} | graph.find_descendants(importer) if importer in graph.modules else set()
    homes = tuple(allowed)
    return [
        (module, imported)
        for module in inside
        for imported in graph.find_modules_directly_imported_by(module)
        if not any(imported == home or imported.startswith(f"{home}.") for home in homes)
    ]


def declared_contracts() -> dict[str, Any]:
    """The table [tool.importlinter] of pyproject.toml."""
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"][
        "importlinter"
    ]
    return table


def existing_part(table: dict[str, Any]) -> dict[str, Any]:
    """The table without modules that are not written yet, so that each binds once it exists.

    import-linter refuses a contract over a module that does not exist. A contract left with
    no source, no target or a single partner has nothing to say yet and is dropped.
    """
    contracts = [
        {
            key: keep_existing(value) if key.endswith("modules") else value
            for key, value in c.items()
        }
        for c in table["contracts"]
    ]
    return {
        **table,
        "root_packages": PACKAGES,
        "contracts": [c for c in contracts if says_something(c)],
    }


def keep_existing(modules: list[str]) -> list[str]:
    """Those of `modules` that are outside the house or have a file."""
    house = {"bot", "exporters", "extractor", "grafana", "alerting"}
    return [name for name in modules if name.split(".")[0] not in house or has_file(name)]


def has_file(module: str) -> bool:
    """True when a dotted module of ours is a file or a package."""
    path = ROOT.joinpath(*module.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def says_something(contract: dict[str, Any]) -> bool:
    """True when enough modules of a contract exist for it to be checked."""
    if contract["type"] == "independence":
        return len(contract["modules"]) > 1
    return all(contract[key] for key in contract if key.endswith("modules"))


def write_contracts(table: dict[str, Any], path: Path) -> None:
    """Write the table in the ini form of import-linter."""
    ini = configparser.ConfigParser(interpolation=None)
    contracts = table["contracts"]
    ini["importlinter"] = {key: as_ini(table[key]) for key in table if key != "contracts"}
    for number, contract in enumerate(contracts):
        ini[f"importlinter:contract:{number}"] = {k: as_ini(v) for k, v in contract.items()}
    with path.open("w") as file:
        ini.write(file)


def as_ini(value: object) -> str:
    """A TOML value as import-linter reads it from ini files, where a list is many lines."""
    return "\n".join(["", *value]) if isinstance(value, list) else str(value)
