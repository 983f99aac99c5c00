"""The wiring of a paper bot: one engine on the paper venue, with its sinks.

Whoever drives it brings the time: `run.py` a live feed, `replay.py` a tape. Production is wired in
`production.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bot import __version__
from bot.domain import calibration as calibration_file
from bot.domain import events
from bot.domain.calibration import Calibration, PaperConfig
from bot.domain.errors import CalibrationError
from bot.domain.market import Market, TokenId
from bot.domain.ports import Clock, EventSink
from bot.engine import Engine, EngineConfig, LatchStore, Publisher, TokenState
from bot.live.stopwatch import Stopwatch
from bot.venues.paper.venue import Model, PaperVenue

PRIORS = "priors"
"""What `RunStarted.calibration_hash` says when no calibration was loaded."""


class PaperSetup(msgspec.Struct, frozen=True, kw_only=True):
    """What makes one paper bot: its settings, its venue's parameters and its seed.

    `calibration_hash` names where the parameters come from: a calibration, or the priors.
    """

    engine: EngineConfig = EngineConfig()
    paper: PaperConfig = msgspec.field(default_factory=PaperConfig)
    model: Model = "tape"
    calibration_hash: str = PRIORS
    seed: int = 1
    run_id: str = "paper"


class Session:
    """One paper bot, wired and ready to be driven."""

    def __init__(
        self,
        markets: Sequence[Market],
        setup: PaperSetup,
        sinks: Sequence[EventSink],
        latch: LatchStore | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Wire an engine to a paper venue that watches the engine's own books.

        With a clock, which is for real time only, it is told how long each order took to leave.
        """
        self._setup = setup
        self._markets = tuple(markets)
        tokens: dict[TokenId, TokenState] = {
            token: TokenState(market, token) for market in markets for token in market.tokens
        }
        self.venue = PaperVenue(
            {token: state.book for token, state in tokens.items()},
            markets,
            setup.paper,
            model=setup.model,
            seed=setup.seed,
            cash=setup.engine.cash,
        )
        self.publisher = Publisher(setup.run_id, sinks)
        self.engine = Engine(
            markets,
            tokens,
            self.venue if clock is None else Stopwatch(self.venue, clock),
            self.publisher,
            setup.engine,
            observers=(self.venue,),
            latch=latch,
        )

    def start(self, now_ns: int) -> None:
        """Publish the start of the run and let the engine keep time from now on."""
        setup = self._setup
        self.publisher.publish(
            events.RunStarted(
                **self.publisher.stamp(now_ns),
                version=__version__,
                venue=f"paper-{setup.model}",
                seed=setup.seed,
                config_hash=config_hash(setup.engine),
                calibration_hash=setup.calibration_hash,
                markets=tuple(market.slug for market in self._markets),
                outcomes={
                    token: market.outcome(token)
                    for market in self._markets
                    for token in market.tokens
                },
            )
        )
        self.engine.start(now_ns)

    def recalibrate(self, calibration: Calibration, now_ns: int) -> None:
        """Use another calibration for what enters from now on, and say so."""
        self.venue.recalibrate(calibration.suggested_paper_config)
        self.publisher.publish(
            events.CalibrationLoaded(
                **self.publisher.stamp(now_ns),
                calibration_hash=calibration.hash,
                measured_until_ns=calibration.window.until_ns,
            )
        )

    def stop(self, reason: str, now_ns: int) -> None:
        """Publish the last report and the end of the run; orders were taken off before.

        The end is told also when the report of a broken engine fails.
        """
        try:
            self.engine.report(now_ns)
        finally:
            self.publisher.publish(
                events.RunStopped(
                    **self.publisher.stamp(now_ns),
                    reason=reason,
                    open_orders=sum(1 for _ in self.engine.accounting.orders.open_orders()),
                )
            )


def config_hash(config: EngineConfig) -> str:
    """Return the SHA-256 hex of the engine's settings: equal for bots that trade alike."""
    return hashlib.sha256(msgspec.json.encode(config, order="sorted")).hexdigest()


def load_calibration(path: Path) -> tuple[PaperConfig, str]:
    """Return the paper parameters of a calibration file and its hash.

    Raises CalibrationError, naming the file, when it cannot be read or may not be loaded.
    """
    try:
        loaded = calibration_file.decode(path.read_bytes())
    except OSError as error:
        raise CalibrationError(
            f"cannot read the calibration {path}: {error.strerror}; "
            "write one with `python -m extractor`"
        ) from error
    except CalibrationError as error:
        raise CalibrationError(f"{path}: {error}") from error
    return loaded.suggested_paper_config, loaded.hash
