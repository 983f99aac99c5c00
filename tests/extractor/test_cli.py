"""The command: fine is 0, failed is 1, wrong use is 2, and an error is one line that helps."""

from pathlib import Path

import pytest

from bot.domain.calibration import decode
from bot.domain.reports import Evidence
from extractor.cli import parser, run
from extractor.store import read_calibration
from tests.extractor.conftest import START_NS, Day, Scribe, write_journal

NOW_NS = START_NS + 12 * 3_600 * 10**9


@pytest.fixture
def journal(tmp_path: Path, day: Day) -> Path:
    """The journal of a day that ended before now."""
    directory = tmp_path / "journal"
    directory.mkdir()
    write_journal(directory, day.events)
    return directory


def error_of(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on stderr."""
    captured = capsys.readouterr()
    assert "" == captured.out
    assert 1 == captured.err.count("\n")
    return captured.err


def test_a_journal_becomes_a_calibration_and_a_report(
    journal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both files are written, and the headline figures are told."""
    out, report = tmp_path / "calibration.json", tmp_path / "report.html"
    arguments = ["--since", "24h", "--source", f"journal:{journal}", "--out", str(out)]
    assert 0 == run([*arguments, "--report", str(report)], NOW_NS)
    calibration = read_calibration(out)
    assert (600, ("will-it-rain",)) == (
        calibration.counts["orders_submitted"],
        calibration.markets,
    )
    assert f"journal:{journal}" == calibration.source
    assert "What the orders really did" in report.read_text()
    told = capsys.readouterr().err
    assert "real_fill_rate" in told
    assert "no transaction cost us gas" in told


def test_json_goes_to_stdout_only_when_asked(
    journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--out -` is the file on stdout and nothing on disk; the same again is the same bytes."""
    texts = []
    for _ in range(2):
        assert 0 == run(["--source", f"journal:{journal}", "--out", "-"], NOW_NS)
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    assert 600 == decode(texts[0].encode()).counts["orders_submitted"]


def test_window_and_market_choose_the_orders(
    journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One hour of orders every 20 s is 180."""
    arguments = ["--source", f"journal:{journal}", "--out", "-", "--market", "will-it-rain"]
    window = ["--since", "2027-01-15T09:00", "--until", "2027-01-15T10:00"]
    assert 0 == run([*arguments, *window], NOW_NS)
    calibration = decode(capsys.readouterr().out.encode())
    assert 180 == calibration.counts["orders_submitted"]


def test_an_empty_window_fails_with_what_to_do(
    journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No order, no file."""
    arguments = ["--source", f"journal:{journal}", "--market", "other", "--out", "never.json"]
    assert 1 == run(arguments, NOW_NS)
    assert "holds no order in other from 2027-01-14T20:00:00Z" in error_of(capsys)
    assert not Path("never.json").exists()


def test_a_missing_directory_fails_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1: the use was right, the journal is not there."""
    assert 1 == run(["--source", f"journal:{tmp_path / 'none'}"], NOW_NS)
    assert "give the bot's journal directory" in error_of(capsys)


@pytest.mark.parametrize(
    "arguments",
    [["--since", "yesterday"], ["--until", "48h"], ["--source", "influx:x"]],
)
def test_wrong_use_is_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A time or a source that cannot be is told in one line."""
    assert 2 == run(arguments, NOW_NS)
    assert error_of(capsys).startswith("error: ")


@pytest.mark.parametrize("out", [".", "/", ""])
def test_an_output_without_a_name_is_two(out: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Said before a long window is read, not after; the same of the report."""
    for option in ("--out", "--report"):
        assert 2 == run([option, out], NOW_NS)
        assert f"{option} {out!r} names no file: write " in error_of(capsys)


def test_stdout_cannot_be_rolled_back(capsys: pytest.CaptureFixture[str]) -> None:
    """It is no file."""
    assert 2 == run(["--rollback", "--out", "-"], NOW_NS)
    assert "--rollback needs the file" in error_of(capsys)


def test_paper_orders_are_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only production says what production does."""
    scribe = Scribe()
    scribe.started("paper")
    scribe.submit("a", 1.0)
    write_journal(tmp_path, scribe.events)
    assert 0 == run(["--source", f"journal:{tmp_path}", "--out", "-"], NOW_NS)
    assert "note: these orders are paper orders" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("evidence", "note"),
    [
        ([Evidence.QUEUE], "note: these orders are paper orders"),
        ([Evidence.THROUGH, Evidence.EXCHANGE], "note: paper and real orders are mixed"),
    ],
)
def test_paper_fills_are_told_without_the_start_of_their_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], evidence: list[Evidence], note: str
) -> None:
    """A bot that has been up for longer than the window."""
    scribe = Scribe()
    for number, proof in enumerate(evidence):
        scribe.submit(f"{number}", 1.0)
        scribe.fill(f"{number}", 2.0, evidence=proof)
    write_journal(tmp_path, scribe.events)
    assert 0 == run(["--source", f"journal:{tmp_path}", "--out", "-"], NOW_NS)
    assert note in capsys.readouterr().err


def test_damage_is_told_with_its_place(
    journal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not only counted in the file, where nobody looks who does not know of it."""
    (segment,) = journal.glob("*.jsonl")
    first, rest = segment.read_bytes().split(b"\n", 1)
    segment.write_bytes(first + b"\n{broken\n" + rest)
    arguments = ["--source", f"journal:{journal}", "--out", str(tmp_path / "out.json")]
    assert 0 == run(arguments, NOW_NS)
    (note,) = (line for line in capsys.readouterr().err.splitlines() if "damaged" in line)
    assert "counted in the file: 1 journal_lines; " in note
    assert f"{segment}, line 2: " in note


def test_rollback_brings_the_previous_back(
    journal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two calibrations, one step back; one step more fails."""
    out = tmp_path / "calibration.json"
    arguments = ["--source", f"journal:{journal}", "--out", str(out)]
    assert 0 == run(arguments, NOW_NS)
    first = read_calibration(out).hash
    assert 0 == run([*arguments, "--until", "2027-01-15T09:00"], NOW_NS)
    assert 0 == run(["--rollback", "--out", str(out)], NOW_NS)
    assert first == read_calibration(out).hash
    capsys.readouterr()
    assert 1 == run(["--rollback", "--out", str(out)], NOW_NS)
    assert "has no earlier version" in error_of(capsys)


def test_help_has_an_example() -> None:
    """A first use can be copied."""
    assert "python -m extractor --since 24h" in parser().format_help()
