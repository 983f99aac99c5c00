"""Wrong use is named, and secrets are not. The process itself is tested in tests/stack/influx."""

from pathlib import Path

import pytest

from bot.domain.errors import SettingsError
from exporters.__main__ import main
from exporters.shipper.command import check_url, parse_tags, parser, read_token, run

USE = ["--journal", "nowhere", "--org", "pmm", "--bucket", "ticks"]


def test_token_comes_from_its_file_before_the_environment(tmp_path: Path) -> None:
    """With the line break that every editor adds."""
    file = tmp_path / "token"
    file.write_text("from-file\n")
    assert "from-file" == read_token(file, {"INFLUX_TOKEN": "from-environment"})
    assert "from-environment" == read_token(None, {"INFLUX_TOKEN": "from-environment"})


@pytest.mark.parametrize("text", ["", "two words", "se\ncret", "sécret"])
def test_what_is_no_token_is_refused_unseen(tmp_path: Path, text: str) -> None:
    """An HTTP library would put it into its error."""
    file = tmp_path / "token"
    file.write_text(text)
    with pytest.raises(SettingsError, match="token") as refusal:
        read_token(file, {})
    assert not text or text not in str(refusal.value)
    with pytest.raises(SettingsError, match="cannot read the token"):
        read_token(tmp_path / "absent", {})


@pytest.mark.parametrize(
    "text", ["", "host:8086", "ftp://host", "http://", "http://me:secret@host", "http://h:99999"]
)
def test_bad_address_is_refused_without_showing_it(text: str) -> None:
    """A password may be in it."""
    with pytest.raises(SettingsError, match="http://host:port") as refusal:
        check_url(text)
    assert "secret" not in str(refusal.value)
    assert "http://h:1" == check_url("http://h:1/")


def test_tags_are_pairs() -> None:
    """What is none is shown."""
    assert {"env": "demo", "host": "a-1"} == parse_tags(["env=demo", "host=a-1"])
    with pytest.raises(SettingsError, match=r"'env demo'.*env=demo"):
        parse_tags(["env demo"])


def test_wrong_use_exits_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line that says what to do."""
    assert 2 == run([*USE, "--url", "http://127.0.0.1:9"], {})
    assert "INFLUX_TOKEN" in capsys.readouterr().err


def test_taken_port_exits_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The address is named. Nobody may bind an address that is not this machine's."""
    where = ["--state", str(tmp_path), "--metrics-host", "192.0.2.1", "--url", "http://127.0.0.1:9"]
    assert 2 == run([*USE, *where], {"INFLUX_TOKEN": "t"})
    assert "cannot listen on 192.0.2.1:9104" in capsys.readouterr().err


def test_damaged_position_exits_1(tmp_path: Path) -> None:
    """It cannot work, and it is not the command line's fault."""
    (tmp_path / "position.json").write_text("{")
    where = ["--state", str(tmp_path), "--url", "http://127.0.0.1:9"]
    assert 1 == run([*USE, *where], {"INFLUX_TOKEN": "t"})


def test_ship_is_a_command_of_the_exporters(capsys: pytest.CaptureFixture[str]) -> None:
    """`python -m exporters ship --help` has an example."""
    with pytest.raises(SystemExit):
        main(["ship", "--help"])
    assert "example:" in capsys.readouterr().out
    assert "python -m exporters ship" == parser().prog
