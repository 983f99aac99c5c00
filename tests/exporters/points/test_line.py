"""Line protocol: what goes in comes out, read by a parser that follows the specification."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.market import Outcome
from exporters.points import Point, to_line, to_point
from tests.exporters.samples import NO, SAMPLES, YES

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NAME = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)


def parsed(line: str) -> Point:
    """The point of a line: a small reader, written from the format's specification."""
    head, rest = _until(line, " ", quoted=False)
    fields, time = _until(rest, " ", quoted=True)
    parts = _split(head, ",", quoted=False)
    tags = {
        _plain(key): _plain(value)
        for key, value in (_split(part, "=", quoted=False) for part in parts[1:])
    }
    return Point(
        _plain(parts[0]),
        tags,
        {
            _plain(key): _value(value)
            for key, value in (
                _until(part, "=", quoted=False) for part in _split(fields, ",", quoted=True)
            )
        },
        int(time),
    )


def _until(text: str, mark: str, *, quoted: bool) -> tuple[str, str]:
    first, *others = _split(text, mark, quoted=quoted)
    return first, mark.join(others)


def _split(text: str, mark: str, *, quoted: bool) -> list[str]:
    parts, inside, escaped = [""], False, False
    for letter in text:
        if letter == mark and not escaped and not inside:
            parts.append("")
            continue
        if quoted and letter == '"' and not escaped:
            inside = not inside
        escaped = letter == "\\" and not escaped
        parts[-1] += letter
    return parts


def _plain(text: str) -> str:
    return re.sub(r"\\([,= ])", r"\1", text)


def _value(text: str) -> float | str | bool:
    if text in {"true", "false"}:
        return text == "true"
    if text.startswith('"'):
        return re.sub(r'\\(["\\])', r"\1", text[1:-1])
    return float(text)


def test_a_line_as_the_store_reads_it() -> None:
    """Tags sorted, numbers as floats, text quoted."""
    point = Point(
        "fills",
        {"side": "BUY", "market": "a b,c=d"},
        {"size": 5.0, "order_id": 'o"\\', "ok": True, "no": False, "tiny": 1e-7},
        17,
    )
    assert (
        "fills,env=demo,market=a\\ b\\,c\\=d,side=BUY "
        'size=5.0,order_id="o\\"\\\\",ok=true,no=false,tiny=1e-07 17'
    ) == to_line(point, {"env": "demo"})


@pytest.mark.parametrize(
    "point", [to_point(e, {YES: Outcome.YES, NO: Outcome.NO}) for e in SAMPLES]
)
def test_every_sample_comes_back(point: Point) -> None:
    """Whatever is in the texts."""
    assert point == parsed(to_line(point))


@given(st.dictionaries(NAME, TEXT | st.booleans() | st.floats(allow_nan=False), min_size=1))
def test_fields_come_back_exactly(fields: dict[str, str | bool | float]) -> None:
    """Any text, flag or number, infinity aside."""
    point = Point("m", {}, fields, 1)
    assert fields == parsed(to_line(point)).fields


@given(st.dictionaries(NAME, st.text(st.sampled_from('ab,= \\"\n\t-'))))
def test_tags_come_back_but_for_what_a_tag_cannot_hold(tags: dict[str, str]) -> None:
    """A line break or a backslash becomes `_`; an empty tag goes."""
    line = to_line(Point("m", tags, {"x": 1.0}, 1))
    expected = {key: re.sub(r"[\n\r\t\\]", "_", value) for key, value in tags.items() if value}
    assert "\n" not in line
    assert expected == parsed(line).tags
