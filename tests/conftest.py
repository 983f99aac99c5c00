"""What every test may ask for: the real recordings; and how hypothesis draws."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.stderr import stderr
from tests import secret_watch

ROOT = Path(__file__).parent.parent

# Same examples on every run: a gate that fails by chance teaches people to press again.
# `pytest --hypothesis-profile=explore` goes looking for new ones.
settings.register_profile(
    "steady",
    derandomize=True,
    deadline=None,  # machines differ in speed, claims do not
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("explore", max_examples=2_000, deadline=None)
settings.load_profile("steady")


SLOW = tuple(
    str(ROOT / "tests" / folder)
    for folder in (
        "bot/battery/test_rig.py",
        "bot/sandbox/exchange/test_server.py",
        "bot/sandbox/exchange/test_sockets.py",
        "bot/sandbox/market/test_generate.py",
        "bot/sandbox/market/test_traders.py",
        "bot/sandbox/market/test_wire.py",
        "bot/test_demo.py",
        "bot/test_operator.py",
        "bot/test_production.py",
        "bot/test_run.py",
        "bot/test_start.py",
        "bot/twin/test_link.py",
        "bot/twin/test_process.py",
        "bot/venues/polymarket/test_client",
        "conformance",
        "exporters/divergence/test_detector.py",
        "exporters/divergence/test_service.py",
        "extractor/test_calibrate.py",
        "extractor/test_cli.py",
        "properties",
        "scenarios/production",
        "scenarios/test_kill_9.py",
        "scenarios/test_recordings.py",
        "stack",
    )
)
"""What talks to real servers, clients and processes, or simulates for long: see the marker."""
LINES_S = 60.0
CHAIN = "anvil_url"
"""The fixture of a real chain: whatever asks for it is slow."""


def pytest_configure(config: pytest.Config) -> None:
    """Look for secrets in whatever this run puts out."""
    secret_watch.pytest_configure(config)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whole files as slow, and what needs a chain, beside the tests that say so themselves."""
    for item in items:
        if str(item.path).startswith(SLOW) or CHAIN in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def _every_line_has_left() -> Iterator[None]:
    """What a test tells on stderr leaves before the next one: a thread of its own writes it."""
    yield
    if stderr.cache_info().currsize:
        stderr().close(LINES_S)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real recordings: $PMM_DATA, or `shared/data` beside the checkout.

    They are too big, and not ours, to be in the repository: a test that needs them is skipped
    when they are not there.
    """
    folder = Path(os.environ.get("PMM_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no recordings at {folder}: set PMM_DATA to their folder")
    return folder
