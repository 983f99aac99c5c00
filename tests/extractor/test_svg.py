"""Figures become part of a page."""

from extractor.svg import INK, RULE, SERIES, new_axes, to_svg


def drawing(name: str) -> str:
    """One line on one plot."""
    figure, (axes,) = new_axes()
    axes.plot([0, 1], [1, 2], color=SERIES[0])
    return to_svg(figure, name)


def test_same_drawing_same_bytes() -> None:
    """No date, no random id."""
    assert drawing("a") == drawing("a")


def test_an_svg_takes_its_colours_from_the_page() -> None:
    """No placeholder is left, so that it reads in light and dark."""
    svg = drawing("a")
    assert "var(--s1)" in svg
    assert "var(--ink)" in svg
    assert [] == [colour for colour in (*SERIES, INK, RULE) if colour in svg]


def test_an_svg_asks_for_nothing() -> None:
    """No XML prologue, no metadata, a size set by the page, and ids of its own."""
    svg = drawing("name")
    assert svg.startswith("<svg")
    assert "<metadata>" not in svg
    assert 'width="' not in svg.split(">")[0]
    assert 'id="name-figure_1"' in svg


def test_panels_share_their_scale() -> None:
    """A row of two axes."""
    _, axes = new_axes(columns=2)
    assert axes[0].get_shared_y_axes().joined(axes[0], axes[1])
