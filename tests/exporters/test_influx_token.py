"""The token of InfluxDB comes from one of three places, and is shown from none."""

from pathlib import Path

import pytest

from bot.domain.errors import SettingsError
from exporters.influx_token import FILE_VARIABLE, VARIABLE, influx_token

IN_ENVIRONMENT = {VARIABLE: " from-environment\n"}


def test_the_nearest_place_wins(tmp_path: Path) -> None:
    """A file that is named, the file of the environment, the environment, none."""
    file, other = tmp_path / "one", tmp_path / "other"
    file.write_text("from-file\n")
    other.write_text("from-named-file\n")
    both = {**IN_ENVIRONMENT, FILE_VARIABLE: str(other)}
    assert "from-file" == influx_token(both, file)
    assert "from-named-file" == influx_token(both)
    assert "from-environment" == influx_token(IN_ENVIRONMENT)
    assert "" == influx_token({}) == influx_token({VARIABLE: " ", FILE_VARIABLE: ""})


@pytest.mark.parametrize("text", ["two words", "bell\a", "größer"])
def test_what_can_be_no_token_is_refused_unseen(tmp_path: Path, text: str) -> None:
    """Wherever it came from."""
    file = tmp_path / "token"
    file.write_text(text)
    for environ, named in (
        ({}, file),
        ({VARIABLE: text}, None),
        ({FILE_VARIABLE: str(file)}, None),
    ):
        with pytest.raises(SettingsError, match="no token") as refusal:
            influx_token(environ, named)
        assert text not in str(refusal.value)


def test_a_file_that_holds_nothing_is_no_silence(tmp_path: Path) -> None:
    """Somebody meant a token to be there: missing, empty, or no text at all."""
    file = tmp_path / "token"
    with pytest.raises(SettingsError, match="cannot read the token from"):
        influx_token(IN_ENVIRONMENT, file)
    file.write_text(" \n")
    with pytest.raises(SettingsError, match="no token in"):
        influx_token(IN_ENVIRONMENT, file)
    file.write_bytes(b"\xff")
    with pytest.raises(SettingsError, match="cannot read the token from"):
        influx_token({FILE_VARIABLE: str(file)})
