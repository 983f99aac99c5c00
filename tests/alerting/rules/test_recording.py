"""What is recorded has names that say what it is, made of metrics that exist."""

from alerting.rule import Recording
from alerting.rules.recording import FILL_RATE, GROUP
from tests.alerting.names import unknown_names


def test_every_metric_is_in_the_catalogue() -> None:
    """Or recorded by us."""
    assert set() == unknown_names(GROUP)


def test_levels_are_one_environment_or_the_pair() -> None:
    """`env:` has one series a bot, `pair:` compares two."""
    names = [rule.name for rule in GROUP.rules if isinstance(rule, Recording)]
    assert {"env", "pair"} == {name.split(":")[0] for name in names}
    assert len(names) == len(set(names))
    assert f"pair:{FILL_RATE.split(':')[1]}:fold_ratio6h" in names
