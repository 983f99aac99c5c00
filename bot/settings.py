"""The settings of one process: read once at start, from a TOML file and the environment.

This is the only reader of the environment. Names are `PMM_` and the field, a double underscore
between levels: `PMM_ENGINE__RISK__LOSS_MAX=2000000`. The environment wins over the file. Unknown
keys are refused in both, because a misspelt limit is no limit.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from bot.domain.errors import SettingsError
from bot.engine import EngineConfig
from bot.journal import Retention
from bot.venues.polymarket.exchange import AccountKeys, StreamKeys
from bot.venues.polymarket.screening import Criteria

PREFIX = "PMM_"
SECRETS = ("PRIVATE_KEY", "API_KEY", "API_SECRET", "API_PASSPHRASE", "RELAYER_KEY")
"""Read by `load_secrets` alone: from the environment, or from the file that NAME_FILE names."""
NOT_SETTINGS = frozenset(
    {"PMM_DATA", "PMM_LIVE"} | {f"{PREFIX}{name}{end}" for name in SECRETS for end in ("", "_FILE")}
)
"""Names with our prefix that are no settings: the tests' recordings, the live switch, secrets."""
LIVE_WORD = "yes"
"""What PMM_LIVE must say before anything is traded or sent for real."""

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
HttpUrl = Annotated[str, msgspec.Meta(pattern="^https?://")]
SocketUrl = Annotated[str, msgspec.Meta(pattern="^wss?://")]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Every setting of a bot, with its unit.

    * `market`: slug, condition id or token of the market to trade; empty lets the bot choose.
    * `screen`: what a market must have to be chosen.
    * `state_dir`: where the journal and the kill switch live. `calibration`: file for the paper
      venue, empty for the priors. `paper_model`: "tape" or "legacy".
    * `journal_days`, `journal_bytes_max`: what is older, or more, goes from the journal, but
      nothing of the last two days and nothing unshipped; `shipper_dir` is where its shipper keeps
      its place, empty for `shipper` in the journal.
    * `market_ws_url`, `gamma_url`: the exchange's public feed and catalogue.
    * `clob_url`, `relayer_url`, `geoblock_url`: the exchange's orders, its relayer, and its page
      that says whether one may trade from here.
    * `user_ws_url`: the exchange's feed of our own orders and trades.
    * `rpc_urls`: nodes of Polygon, separated by blanks; two must agree before money moves. Empty
      where there is no chain (the sandbox): then nothing is checked on it.
    * `lock_dir`: where one engine a wallet is seen to, shared by all bots of a user; `~` is home.
    * `wallet`: address that holds the money, empty for the key's own. `wallet_kind`: "eoa" when
      it is the key's own, else "safe" or "deposit".
    * `metrics_host`, `metrics_port`: where /metrics and /healthz listen; port 0 takes a free one.
    * `twin_metrics_port`: the same of production's twin, on the same host.
    * `queue_max`: messages waiting for the engine before continuity is given up.
    * `seed`: of everything random. `engine`: what engine/config.py says, and the rooms below it.
    """

    market: str = ""
    state_dir: str = "state"
    calibration: str = ""
    paper_model: Literal["tape", "legacy"] = "tape"
    journal_days: Annotated[int, msgspec.Meta(ge=2, le=36_500)] = 90
    journal_bytes_max: Annotated[int, msgspec.Meta(ge=1 << 28)] = 10 << 30
    shipper_dir: str = ""
    market_ws_url: SocketUrl = "wss://ws-subscriptions-clob.polymarket.com/ws/market"
    user_ws_url: SocketUrl = "wss://ws-subscriptions-clob.polymarket.com/ws/user"
    gamma_url: HttpUrl = "https://gamma-api.polymarket.com"
    clob_url: HttpUrl = "https://clob.polymarket.com"
    relayer_url: HttpUrl = "https://relayer-v2.polymarket.com"
    geoblock_url: HttpUrl = "https://polymarket.com/api/geoblock"
    rpc_urls: str = (
        "https://polygon.drpc.org https://polygon-rpc.com https://polygon-bor-rpc.publicnode.com"
    )
    lock_dir: str = "~/.local/state/pmm"
    wallet: str = ""
    wallet_kind: Literal["eoa", "safe", "deposit"] = "deposit"
    metrics_host: str = "127.0.0.1"
    metrics_port: Port = 9101
    twin_metrics_port: Port = 9105
    queue_max: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 10_000
    seed: int = 1
    engine: EngineConfig = EngineConfig()
    screen: Criteria = Criteria()

    @property
    def journal_dir(self) -> Path:
        """Where the journal is."""
        return Path(self.state_dir) / "journal"

    @property
    def retention(self) -> Retention:
        """How long the journal is kept."""
        return Retention(
            age_s_max=self.journal_days * 86_400,
            bytes_max=self.journal_bytes_max,
            shipper=Path(self.shipper_dir) if self.shipper_dir else self.journal_dir / "shipper",
        )


def load_settings(file: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings from `file` and the environment (the process's own by default).

    Raises SettingsError naming the key that is unknown or out of bounds.
    """
    tree = _read_toml(file) if file is not None else {}
    for name, text in (os.environ if environ is None else environ).items():
        if name.startswith(PREFIX) and name not in NOT_SETTINGS:
            _put(tree, name.removeprefix(PREFIX).lower().split("__"), text)
    try:
        return msgspec.convert(tree, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"settings: {error}") from error


class Secrets:
    """What must never be printed, and the live switch. Prints nothing of itself.

    `account` and `relayer_key` are `None` where nothing was given.
    """

    __slots__ = ("account", "is_live", "relayer_key")

    def __init__(
        self, account: AccountKeys | None, relayer_key: str | None, *, is_live: bool
    ) -> None:
        """Keep all three."""
        self.account = account
        self.relayer_key = relayer_key
        self.is_live = is_live

    def __repr__(self) -> str:
        return "Secrets(...)"


def load_secrets(wallet: str = "", environ: Mapping[str, str] | None = None) -> Secrets:
    """Return the secrets of the environment (the process's own by default).

    Raises SettingsError for a secret file that cannot be read and for half of API credentials.
    """
    known = os.environ if environ is None else environ
    secrets = {name: _secret(name, known) for name in SECRETS}
    stream = [secrets[name] for name in ("API_KEY", "API_SECRET", "API_PASSPHRASE")]
    if any(stream) and not all(stream):
        raise SettingsError("of PMM_API_KEY, PMM_API_SECRET and PMM_API_PASSPHRASE all are needed")
    key = secrets["PRIVATE_KEY"]
    account = AccountKeys(key, wallet or None, StreamKeys(*stream) if all(stream) else None)
    return Secrets(
        account if key else None,
        secrets["RELAYER_KEY"] or None,
        is_live=known.get("PMM_LIVE") == LIVE_WORD,
    )


def bare_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment without anything of ours: no setting, no secret, no live switch.

    For a process that is told what it needs and must not be able to do more.
    """
    known = os.environ if environ is None else environ
    return {name: text for name, text in known.items() if not name.startswith(PREFIX)}


def _secret(name: str, environ: Mapping[str, str]) -> str:
    direct, file = environ.get(f"{PREFIX}{name}", ""), environ.get(f"{PREFIX}{name}_FILE", "")
    if direct or not file:
        return direct.strip()
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"cannot read {PREFIX}{name}_FILE: {type(error).__name__}") from None


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"cannot read settings from {file}: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"settings {file} are no TOML: {error}") from error


def _put(tree: dict[str, Any], path: list[str], text: str) -> None:
    *parents, last = path
    for parent in parents:
        inner = tree.setdefault(parent, {})
        if not isinstance(inner, dict):
            raise SettingsError(f"settings: {PREFIX}{'__'.join(path).upper()} is below a value")
        tree = inner
    tree[last] = text
