"""The report: one HTML file that needs nothing else, for a person who does not read code.

Every plot has one sentence that says how to read it and what is good. Same input, same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from matplotlib.figure import Figure

from bot.domain.calibration import Window
from bot.domain.errors import CalibrationError, SettingsError
from exporters.whole_file import write_whole
from extractor import plots
from extractor.plots import ReportSet
from extractor.svg import to_svg
from extractor.tables import Cell, Table, agreement_table, number
from extractor.window import iso

SETS_MAX = 3


class Section(NamedTuple):
    """One plot with its heading and the sentence below it."""

    name: str
    heading: str
    caption: str
    draw: Callable[[Sequence[ReportSet]], Figure | None]


SECTIONS = (
    Section(
        "level",
        "How often orders fill, by level",
        "Each mark is the share of orders that filled, at that many price levels behind the "
        "best; the bar is where the true share lies with 95 % confidence. Good: marks of one level "
        "within each other's bars.",
        plots.fills_by_level,
    ),
    Section(
        "distance",
        "How often orders fill, by distance from the mid",
        "The further behind the middle of the market an order was placed, the less often it should "
        "fill. Good: the curves lie on each other.",
        plots.fills_by_distance,
    ),
    Section(
        "latency",
        "How long the exchange takes to answer",
        "At any time on the lower axis the curve says which part of the answers had come by then; "
        "further left is faster. Good: the curves lie on each other.",
        plots.latency_curves,
    ),
    Section(
        "markout",
        "What a fill costs afterwards",
        "The mark is how far the market moved against us after a fill, in cents per share, "
        "with its 95 % bar; above zero we lose. Good: bars that overlap, and marks below the half "
        "spread.",
        plots.markout_curve,
    ),
    Section(
        "rejections",
        "Why orders are refused",
        "Bars are refused orders as a share of all orders that got an answer, by reason. Good: "
        "bars of one reason of the same length, and short.",
        plots.rejections_by_reason,
    ),
    Section(
        "pnl",
        "Profit over time",
        "The value of the account above its start, tokens at the mid. Good: the curves stay "
        "together; a day of profit proves nothing about the next.",
        plots.pnl_over_time,
    ),
)


def write_report(
    path: Path, datasets: Sequence[ReportSet], table: Table, *, title: str, window: Window
) -> None:
    """Write the report of one to three bots, with `table` on top.

    Raises SettingsError for another number of bots, CalibrationError when the disk refuses.
    """
    page = render(datasets, table, title=title, window=window)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, page.encode())
    except OSError as error:
        raise CalibrationError(f"cannot write {path}: {error.strerror}") from error


def render(datasets: Sequence[ReportSet], table: Table, *, title: str, window: Window) -> str:
    """Return the page as text. Raises SettingsError unless there are one to three bots."""
    if not 1 <= len(datasets) <= SETS_MAX:
        raise SettingsError(f"a report shows 1 to {SETS_MAX} bots, not {len(datasets)}")
    style = files("extractor").joinpath("report.css").read_text(encoding="utf-8")
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>",
            f"<h1>{escape(title)}</h1>",
            f'<p class="window">From {iso(window.since_ns)} to {iso(window.until_ns)}</p>',
            _cards(datasets),
            _table(table),
            *(_table(agreed) for one in datasets if (agreed := agreement_table(one.log.agreed))),
            '<div class="plots">',
            *(_section(section, datasets) for section in SECTIONS),
            "</div>\n</main>\n</body>\n</html>\n",
        ]
    )


def _cards(datasets: Sequence[ReportSet]) -> str:
    cards = []
    for index, one in enumerate(datasets):
        summary = one.summary
        profit = "–" if summary.pnl_usd is None else f"{summary.pnl_usd:+.2f} USD"
        cards.append(
            f'<li class="s{index + 1}"><strong>{escape(one.name)}</strong> '
            f"{summary.orders:,} orders, {summary.filled:,} filled, "
            f"{number(summary.hours, 'h')} h, profit {profit}</li>"
        )
    return "\n".join(['<ul class="sets">', *cards, "</ul>"])


def _table(table: Table) -> str:
    head = "".join(_heading(heading) for heading in table.headings)
    rows = "\n".join(_row(row) for row in table.rows)
    return (
        f'<div class="wide"><table>\n<caption>{escape(table.caption)}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table></div>"
    )


def _heading(text: str) -> str:
    style = ' class="note"' if text == "note" else ""
    return f'<th scope="col"{style}>{escape(text)}</th>'


def _row(row: Sequence[Cell]) -> str:
    name, *cells = row
    rest = "".join(
        f'<td class="{cell.verdict}">{escape(cell.text)}</td>'
        if cell.verdict
        else f"<td>{escape(cell.text)}</td>"
        for cell in cells
    )
    return f'<tr><th scope="row">{escape(name.text)}</th>{rest}</tr>'


def _section(section: Section, datasets: Sequence[ReportSet]) -> str:
    figure = section.draw(datasets)
    drawing = '<p class="empty">Nothing was measured.</p>'
    if figure is not None:
        drawing = to_svg(figure, section.name).replace(
            "<svg", f'<svg role="img" aria-label="{escape(section.heading)}"', 1
        )
    return (
        f'<figure id="{section.name}">\n<h2>{escape(section.heading)}</h2>\n{_legend(datasets)}\n'
        f"{drawing}\n<figcaption>{escape(section.caption)}</figcaption>\n</figure>"
    )


def _legend(datasets: Sequence[ReportSet]) -> str:
    keys = "".join(
        f'<span class="s{index + 1}">{escape(one.name)}</span>'
        for index, one in enumerate(datasets)
    )
    return f'<p class="legend">{keys}</p>'
