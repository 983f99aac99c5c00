"""DEMO and PROD part by more than 2x: what the detector found, and that it looks at all."""

from __future__ import annotations

from alerting.rule import Alert, Group, Severity
from exporters.catalogue import divergence as metrics

UNIT = "".join(
    f'{{{{ if eq $labels.metric "{name}" }}}} {unit}{{{{ end }}}}'
    for name, unit in metrics.UNITS.items()
)
"""A template that shows the unit of the alert's quantity, with a blank before it."""
JOB = "divergence"
LOOK_AGE_S_MAX = 300
_BOARD = "pmm-demo-prod"


def _value(side: str) -> str:
    """A template that shows one side's value of the alert's quantity."""
    query = f"{metrics.VALUE.name}{{metric='%s',side='{side}'}}"
    return (
        f'{{{{ with query (printf "{query}" $labels.metric) }}}}'
        f'{{{{ . | first | value | printf "%.4g" }}}}{UNIT}{{{{ else }}}}unknown{{{{ end }}}}'
    )


_SINCE = (
    f"{{{{ with query (printf \"{metrics.SINCE.name}{{metric='%s',direction='%s'}} > 0\" "
    "$labels.metric $labels.direction) }}"
    "{{ . | first | value | humanizeTimestamp }}{{ else }}unknown{{ end }}"
)

DIVERGED = Alert(
    name="PmmDiverged",
    severity=Severity.WARNING,
    summary='DEMO and PROD differ by more than 2x in {{ reReplaceAll "_" " " $labels.metric }}',
    description=(
        f"PROD {_value('prod')}, DEMO {_value('demo')} over the last 6 h. "
        f"The evidence begins {_SINCE}. Paper no longer predicts production."
    ),
    # The last value of 15 minutes: a detector that restarts has not said that all is well.
    expr=f"last_over_time({metrics.ACTIVE.name}[15m]) == 1",
    keep="15m",
    dashboard=_BOARD,
)
DETECTOR_DOWN = Alert(
    name="PmmDivergenceDetectorDown",
    severity=Severity.WARNING,
    summary="Nothing compares DEMO with PROD",
    description=(
        "The divergence detector does not answer or has not looked for 5 minutes. "
        "A divergence would not be told."
    ),
    expr=(
        f'absent(up{{job="{JOB}"}} == 1)\nor (time() - {metrics.LAST_LOOK.name} > {LOOK_AGE_S_MAX})'
    ),
    hold="5m",
    dashboard=_BOARD,
)
BLIND = Alert(
    name="PmmDivergenceBlind",
    severity=Severity.WARNING,
    summary="The detector cannot compare although {{ $labels.env }} is up",
    description=(
        "Production is up, but the divergence detector has not had both bots alive for 15 minutes: "
        "check its two addresses."
    ),
    expr=(
        'up{job="bot", env=~"prod|rehearsal"} == 1\n'
        'and on () (count(up{job="bot", env="demo"} == 1))\n'
        f"and on () ({metrics.COMPARING.name} == 0)"
    ),
    hold="15m",
    dashboard=_BOARD,
)

GROUP = Group("pmm_divergence", (DIVERGED, DETECTOR_DOWN, BLIND))
