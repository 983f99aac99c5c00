"""The values of the labels are those of the code that sets them."""

from exporters.catalogue import balance
from exporters.wallet.service import Result


def test_results_are_those_of_the_catalogue() -> None:
    """None missing, none left over."""
    assert tuple(Result) == balance.RESULT.values
