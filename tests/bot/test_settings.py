"""The settings: the environment wins over the file, and nothing misspelt gets through."""

from pathlib import Path

import pytest

from bot.domain.errors import SettingsError
from bot.domain.units import NS_PER_S
from bot.journal import Retention
from bot.journal.retention import KEEP_S_MIN
from bot.live.past import MEMORY_NS
from bot.settings import Settings, bare_environment, load_secrets, load_settings


def written(tmp_path: Path, text: str) -> Path:
    """A settings file."""
    path = tmp_path / "pmm.toml"
    path.write_text(text)
    return path


def test_without_anything_the_defaults_hold() -> None:
    """No file and no environment are needed."""
    assert Settings() == load_settings(environ={})


def test_the_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    """Levels are tables in the file and double underscores in the environment."""
    path = written(tmp_path, 'market = "rain"\n[engine.risk]\nloss_max = 3000000\n')
    settings = load_settings(path, {"PMM_ENGINE__RISK__LOSS_MAX": "2000000", "PMM_SEED": "7"})
    assert ("rain", 2_000_000, 7) == (settings.market, settings.engine.risk.loss_max, settings.seed)


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("PMM_MARKT", "x", "markt"),
        ("PMM_ENGINE__RISK__LOS_MAX", "1", "los_max"),
        ("PMM_QUEUE_MAX", "0", "queue_max"),
        ("PMM_QUEUE_MAX", "many", "queue_max"),
        ("PMM_METRICS_PORT", "65536", "metrics_port"),
        ("PMM_JOURNAL_DAYS", "1", "journal_days"),
        ("PMM_JOURNAL_BYTES_MAX", "1000", "journal_bytes_max"),
        ("PMM_PAPER_MODEL", "guess", "paper_model"),
        ("PMM_MARKET_WS_URL", "https://exchange", "market_ws_url"),
        ("PMM_USER_WS_URL", "exchange", "user_ws_url"),
        ("PMM_CLOB_URL", "exchange", "clob_url"),
        ("PMM_ENGINE__RISK__LOSS_MAX", "0", "loss_max"),
        ("PMM_ENGINE__STRATEGY__GAMMA", "-1", "gamma"),
    ],
)
def test_what_is_unknown_or_out_of_bounds_is_named(name: str, value: str, named: str) -> None:
    """A misspelt limit is no limit: the bot does not start, and says which key."""
    with pytest.raises(SettingsError, match=named):
        load_settings(environ={name: value})


def test_the_journal_is_kept_as_long_as_the_settings_say() -> None:
    """90 days or 10 GiB, and what the shipper needs, wherever it keeps its place."""
    settings = load_settings(environ={"PMM_STATE_DIR": "/s"})
    assert Path("/s/journal") == settings.journal_dir
    place = Path("/s/journal/shipper")
    assert Retention(age_s_max=7_776_000, bytes_max=10 << 30, shipper=place) == settings.retention
    elsewhere = load_settings(environ={"PMM_SHIPPER_DIR": "/shipper"})
    assert Path("/shipper") == elsewhere.retention.shipper


def test_the_journal_keeps_at_least_what_a_start_reads() -> None:
    """Twice over."""
    assert 2 * MEMORY_NS <= KEEP_S_MIN * NS_PER_S


def test_names_without_our_prefix_and_reserved_ones_are_left_alone() -> None:
    """Other programs' variables, the tests' recordings and the live switch are no settings."""
    environ = {"PATH": "/bin", "PMM_DATA": "/data", "PMM_LIVE": "yes"}
    assert Settings() == load_settings(environ=environ)


def test_a_name_below_a_value_is_refused() -> None:
    """A setting cannot be a value and a table at once."""
    with pytest.raises(SettingsError, match="PMM_SEED__X is below a value"):
        load_settings(environ={"PMM_SEED": "1", "PMM_SEED__X": "2"})


@pytest.mark.parametrize("text", ["market = ", "\x00"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    """Broken TOML, and a file that is missing."""
    with pytest.raises(SettingsError, match=r"pmm\.toml"):
        load_settings(written(tmp_path, text), {})
    with pytest.raises(SettingsError, match=r"absent\.toml: No such file"):
        load_settings(tmp_path / "absent.toml", {})


def test_an_unknown_key_in_the_file_is_refused(tmp_path: Path) -> None:
    """In the file as in the environment."""
    with pytest.raises(SettingsError, match="markt"):
        load_settings(written(tmp_path, 'markt = "x"'), {})


def test_secrets_come_from_the_environment_or_a_file_and_print_nothing(tmp_path: Path) -> None:
    """They are no settings: a settings file cannot hold them, nor can a log show them."""
    file = tmp_path / "key"
    file.write_text("hidden-key\n")
    stream = {"PMM_API_KEY": "a", "PMM_API_SECRET": "hidden-b", "PMM_API_PASSPHRASE": "hidden-c"}
    environ = {"PMM_PRIVATE_KEY_FILE": str(file), "PMM_RELAYER_KEY": "hidden-r", **stream}
    assert Settings() == load_settings(environ=environ)
    secrets = load_secrets("0xabc", environ)
    assert secrets.account is not None
    assert ("hidden-key", "0xabc") == (secrets.account.private_key, secrets.account.wallet)
    assert secrets.account.stream_keys is not None
    assert ("hidden-b", "hidden-r") == (secrets.account.stream_keys.secret, secrets.relayer_key)
    assert "hidden" not in f"{secrets!r} {secrets.account!r} {secrets.account.stream_keys!r}"
    with pytest.raises(SettingsError, match="private_key"):
        load_settings(written(tmp_path, 'private_key = "x"\n'), {})


def test_without_secrets_there_is_no_account_and_nothing_is_live() -> None:
    """Production must be asked for, in full words."""
    secrets = load_secrets(environ={"PMM_LIVE": "true"})
    assert (None, None, False) == (secrets.account, secrets.relayer_key, secrets.is_live)
    assert load_secrets(environ={"PMM_LIVE": "yes"}).is_live


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"PMM_API_KEY": "a"}, "PMM_API_PASSPHRASE"),
        ({"PMM_PRIVATE_KEY_FILE": "/nowhere/hidden"}, "PMM_PRIVATE_KEY_FILE: FileNotFound"),
    ],
)
def test_half_a_secret_is_refused_by_name(environ: dict[str, str], named: str) -> None:
    """Without a word of what it is."""
    with pytest.raises(SettingsError, match=named) as raised:
        load_secrets(environ=environ)
    assert "hidden" not in str(raised.value)


def test_a_bare_environment_has_nothing_of_ours() -> None:
    """Neither settings nor secrets nor the live switch reach a process that needs none."""
    known = {"PATH": "/bin", "PMM_PRIVATE_KEY": "k", "PMM_LIVE": "yes", "PMM_SEED": "1"}
    assert {"PATH": "/bin"} == bare_environment(known)
