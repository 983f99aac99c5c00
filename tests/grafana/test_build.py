"""The committed dashboards are what the code says, and sound as dashboards."""

from __future__ import annotations

import importlib.util
import itertools
from pathlib import Path
from typing import Any

import pytest

from exporters.catalogue import METRICS
from grafana import build
from grafana.frame import RUNBOOK_URL, TAG
from grafana.targets import INFLUXDB_UID, PROMETHEUS_UID

Json = dict[str, Any]
OWN_SOURCES = {PROMETHEUS_UID, INFLUXDB_UID}


def panels(board: Json) -> list[Json]:
    """The panels of a dashboard, without the titles of its rows."""
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def test_committed_files_are_what_the_code_makes() -> None:
    """`python -m grafana --check` would find nothing."""
    assert [] == build.differences()


def test_a_changed_missing_or_strange_file_is_a_difference(tmp_path: Path) -> None:
    """Whatever is not byte-equal is named, and writing puts all of it right."""
    build.write(tmp_path)
    assert [] == build.differences(tmp_path)
    changed, missing, *_ = sorted(build.files())
    (tmp_path / changed).write_text((tmp_path / changed).read_text().replace("UTC", "utc") + " ")
    (tmp_path / missing).unlink()
    (tmp_path / "strange.json").write_text("{}")
    assert [changed, missing, "strange.json"] == build.differences(tmp_path)
    build.write(tmp_path)
    assert [] == build.differences(tmp_path)


def test_every_dashboard_module_is_built() -> None:
    """A file in grafana/boards is a dashboard, and it is in the list."""
    folder = build.FOLDER.parent / "boards"
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert files == {board.__name__.rpartition(".")[2] for board in build.BOARDS}


def test_uids_and_titles_are_unique() -> None:
    """No two dashboards share a uid, a file or a title."""
    assert len(build.BOARDS) == len({board.UID for board in build.BOARDS}) == len(build.files())
    assert len(build.BOARDS) == len({board.TITLE for board in build.BOARDS})


def test_it_is_read_only_and_classic(board: Json) -> None:
    """Nobody edits a generated dashboard by hand, and provisioning takes only the classic form."""
    assert not board["editable"]
    assert isinstance(board["panels"], list)
    assert board["schemaVersion"] >= 36
    assert [TAG] == board["tags"]


def test_panels_are_inside_the_grid_and_never_overlap(board: Json) -> None:
    """Every rectangle lies within 24 columns, and no two share a cell."""
    cells: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        at = panel["gridPos"]
        mine = set(
            itertools.product(range(at["x"], at["x"] + at["w"]), range(at["y"], at["y"] + at["h"]))
        )
        assert at["x"] + at["w"] <= 24, panel["title"]
        assert not mine & cells, panel["title"]
        cells |= mine


def test_panel_ids_are_unique(board: Json) -> None:
    """Links lead to panels by id, row titles count too."""
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))
    assert min(ids) > 0


def test_every_panel_says_what_it_is_in_what_unit_and_when_empty(board: Json) -> None:
    """Title, description, unit, a text for nothing, and at least one query, each with a name."""
    for panel in panels(board):
        defaults = panel["fieldConfig"]["defaults"]
        assert panel["title"]
        assert panel["description"].endswith("."), panel["title"]
        assert defaults["unit"], panel["title"]
        assert defaults["noValue"], panel["title"]
        names = [target["refId"] for target in panel["targets"]]
        assert names, panel["title"]
        assert len(names) == len(set(names)), panel["title"]
        assert all(names), panel["title"]


def test_time_series_have_a_legend(board: Json) -> None:
    """Lines without names cannot be told apart; the SDK's default is none."""
    shown = {
        panel["title"]: panel["options"]["legend"]["showLegend"]
        for panel in panels(board)
        if panel["type"] == "timeseries"
    }
    assert all(shown.values()), shown


def test_data_comes_from_the_provisioned_sources(board: Json) -> None:
    """Every query, mark and variable names one of the fixed uids."""
    sources = [target["datasource"] for panel in panels(board) for target in panel["targets"]]
    sources += [mark["datasource"] for mark in board["annotations"]["list"]]
    sources += [v["datasource"] for v in board["templating"]["list"] if "datasource" in v]
    assert {source["uid"] for source in sources} <= OWN_SOURCES


def test_alerts_and_calibrations_are_marked(board: Json) -> None:
    """Every dashboard shows when an alert fired and when a calibration changed, by default."""
    marks = {mark["name"]: mark["enable"] for mark in board["annotations"]["list"]}
    assert {"alerts": True, "calibration": True} == marks


def test_dashboards_lead_to_each_other_and_to_the_runbook(board: Json) -> None:
    """The links are above the panels, not in a menu, and keep the time and the choices."""
    others, runbook = board["links"]
    assert ("dashboards", [TAG], True, True) == (
        others["type"],
        others["tags"],
        others["keepTime"],
        others["includeVars"],
    )
    assert ("link", RUNBOOK_URL) == (runbook["type"], runbook["url"])
    assert not [link for link in board["links"] if "placement" in link]


def test_variables_that_are_used_are_there(board: Json) -> None:
    """A query names no variable that the dashboard does not have, and none is idle."""
    text = str(board["panels"])
    declared = {variable["name"] for variable in board["templating"]["list"]}
    for name in ("right", "env", "window", "horizon", "market"):
        used = any(form in text for form in (f"${name}", f"${{{name}"))
        assert used == (name in declared), name


def test_no_file_of_a_dashboard_writes_a_metric_name() -> None:
    """Names come from the catalogue, so that renaming a metric cannot break a panel."""
    sources = [*build.FOLDER.parent.glob("*.py"), *build.FOLDER.parent.glob("boards/*.py")]
    stems = {metric.stem for metric in METRICS.values()}
    assert [] == [
        (path.name, stem) for path in sources for stem in stems if stem in path.read_text()
    ]


@pytest.mark.parametrize("module", ["grafana_foundation_sdk.models.common"])
def test_the_sdk_is_the_line_for_current_versions(module: str) -> None:
    """An open requirement would install the old line with a higher epoch, for Grafana 10.1."""
    assert importlib.util.find_spec(module) is not None
