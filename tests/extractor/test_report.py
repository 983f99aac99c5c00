"""The report is one file that needs nothing else, the same every time."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.domain.calibration import Window
from bot.domain.errors import CalibrationError, SettingsError
from bot.domain.twin_events import OrderCompared
from extractor.log import fold
from extractor.plots import ReportSet
from extractor.report import SECTIONS, render, write_report
from extractor.summary import summarize
from extractor.tables import Table, before_after_table
from tests.exporters.samples import sample
from tests.extractor.conftest import START_NS, Day, Scribe

WINDOW = Window(START_NS, START_NS + 3_600 * 10**9)
EMPTY = Table(caption="", headings=(), rows=())


@pytest.fixture(scope="module")
def page(day: Day) -> str:
    """A report of three bots."""
    log = fold(day.events)
    bot = summarize(log)
    sets = [ReportSet(name, log, bot) for name in ("DEMO <old>", "PROD", "DEMO new")]
    table = before_after_table(("DEMO <old>", bot), ("PROD", bot), ("DEMO new", bot))
    return render(sets, table, title="Paper & production", window=WINDOW)


class Tags(HTMLParser):
    """Checks that every tag is closed, and keeps what was opened."""

    VOID = frozenset({"meta", "link", "path", "use", "rect"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Open a tag."""
        self.seen.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the tag that was opened last."""
        if tag not in self.VOID:
            assert tag == self.open.pop()

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        """Keep a tag that closes itself."""
        self.seen.append(tag)


def test_page_is_well_formed_with_every_plot(page: str) -> None:
    """Every section has its heading, drawing and caption."""
    tags = Tags()
    tags.feed(page)
    assert [] == tags.open
    counts = [tags.seen.count(tag) for tag in ("h1", "table", "figure", "svg", "figcaption")]
    assert [1, 1, *[len(SECTIONS)] * 3] == counts


def test_page_asks_for_nothing(page: str) -> None:
    """No script, no style sheet, no picture from elsewhere."""
    outside = re.findall(r'(?:src|href)="(?!#)|url\((?!#)|@import|<script', page)
    assert [] == outside


def test_names_are_escaped_and_title_and_window_stand_on_top(page: str) -> None:
    """What people write is text, not markup."""
    assert "<h1>Paper &amp; production</h1>" in page
    assert "From 2027-01-15T08:00:00Z to 2027-01-15T09:00:00Z" in page
    assert "DEMO &lt;old&gt;" in page
    assert "<old>" not in page


def test_same_input_same_bytes(tmp_path: Path, day: Day) -> None:
    """So that a report in a repository changes only when its data does."""
    for name in ("one", "two"):
        log = fold(day.events)
        sets = [ReportSet("bot", log, summarize(log))]
        write_report(tmp_path / name / "r.html", sets, EMPTY, title="T", window=WINDOW)
    first, second = ((tmp_path / name / "r.html").read_bytes() for name in ("one", "two"))
    assert first == second


def test_nothing_measured_is_said() -> None:
    """A bot without events gets a page, not a crash."""
    log = fold(Scribe().events)
    page = render([ReportSet("bot", log, summarize(log))], EMPTY, title="T", window=WINDOW)
    assert len(SECTIONS) == page.count("Nothing was measured.")


@pytest.mark.parametrize("n", [0, 4])
def test_one_to_three_bots_fit(n: int) -> None:
    """More could not be told apart."""
    log = fold([])
    with pytest.raises(SettingsError, match=f"1 to 3 bots, not {n}"):
        render([ReportSet("bot", log, summarize(log))] * n, EMPTY, title="T", window=WINDOW)


def test_a_refusing_disk_is_named(tmp_path: Path) -> None:
    """A folder where the file should be."""
    log = fold([])
    sets = [ReportSet("bot", log, summarize(log))]
    with pytest.raises(CalibrationError, match=f"cannot write {tmp_path}"):
        write_report(tmp_path, sets, EMPTY, title="T", window=WINDOW)


def test_orders_compared_with_a_twin_have_their_table(day: Day) -> None:
    """A report over the twin's journal shows it; one over any other does not."""
    log = fold([*day.events, sample(OrderCompared, run_id="twin")])
    page = render([ReportSet("TWIN", log, summarize(log))], EMPTY, title="t", window=WINDOW)
    assert {"only_paper": 1} == dict(log.agreed)
    assert "only on paper" in page
