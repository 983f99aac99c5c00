"""What the tests of the generated market share."""

import pytest

from bot.sandbox.market import Frame, GeneratedMarketConfig, generate


@pytest.fixture(scope="session")
def lossless() -> GeneratedMarketConfig:
    """Half an hour at eight times the usual pace, and every frame arrives."""
    return GeneratedMarketConfig(
        seed=11, duration_s=1_800, activity=8, change_loss_ratio=0, print_loss_ratio=0
    )


@pytest.fixture(scope="session")
def frames(lossless: GeneratedMarketConfig) -> list[Frame]:
    """The frames of the lossless market."""
    return list(generate(lossless))
