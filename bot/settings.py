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
from bot.venues.polymarket.screening import Criteria

PREFIX = "PMM_"
NOT_SETTINGS = frozenset({"PMM_DATA", "PMM_LIVE"})
"""Names with our prefix that are read elsewhere: the tests' recordings and the live switch."""

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Every setting of a bot, with its unit.

    * `market`: slug, condition id or token of the market to trade; empty lets the bot choose.
    * `screen`: what a market must have to be chosen.
    * `state_dir`: where the journal and the kill switch live. `calibration`: file for the paper
      venue, empty for the priors. `paper_model`: "tape" or "legacy".
    * `market_ws_url`, `gamma_url`: the exchange's public feed and catalogue.
    * `metrics_host`, `metrics_port`: where /metrics and /healthz listen; port 0 takes a free one.
    * `queue_max`: messages waiting for the engine before continuity is given up.
    * `seed`: of everything random. `engine`: what engine/config.py says, and the rooms below it.
    """

    market: str = ""
    state_dir: str = "state"
    calibration: str = ""
    paper_model: Literal["tape", "legacy"] = "tape"
    market_ws_url: str = "wss://ws-subscriptions-clob.polymarket.com/ws/market"
    gamma_url: str = "https://gamma-api.polymarket.com"
    metrics_host: str = "127.0.0.1"
    metrics_port: Port = 9101
    queue_max: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 10_000
    seed: int = 1
    engine: EngineConfig = EngineConfig()
    screen: Criteria = Criteria()


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


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"cannot read settings from {file}: {error}") from error


def _put(tree: dict[str, Any], path: list[str], text: str) -> None:
    *parents, last = path
    for parent in parents:
        inner = tree.setdefault(parent, {})
        if not isinstance(inner, dict):
            raise SettingsError(f"settings: {PREFIX}{'__'.join(path).upper()} is below a value")
        tree = inner
    tree[last] = text
