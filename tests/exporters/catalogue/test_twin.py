"""The twin's metrics know every way in which paper and production may agree."""

from bot.domain.agreement import Agreement
from exporters.catalogue import twin


def test_every_agreement_is_a_label_value() -> None:
    """The label follows the domain."""
    assert tuple(Agreement) == twin.AGREEMENT.values
