"""What the alerts on divergence and on the bots' lives must and must not do.

Times are minutes; a series is written as promtool does: `0+1x9` is ten values, one a minute.
"""

from exporters.catalogue import divergence as div
from exporters.catalogue import feed, health
from tests.stack.alerting.case import DEMO, PROD, Case

DEMO_UP = {'up{job="bot", env="demo"}': "1x600"}
PROD_UP = {'up{job="bot", env="prod"}': "1x600"}
DETECTOR_UP = {'up{job="divergence"}': "1x600"}
FILL_RATE = {"metric": "fill_rate", "direction": "prod_higher"}
BOOK = "env='demo', market='m', outcome='YES'"


def active(values: str) -> dict[str, str]:
    """The detector's verdict over time."""
    return {f'{div.ACTIVE.name}{{metric="fill_rate", direction="prod_higher"}}': values}


def beats(env: str, last: int) -> dict[str, str]:
    """A heartbeat each minute that stops after `last` minutes; the gauge then stays."""
    return {f'{health.LAST_EVENT.name}{{env="{env}"}}': f"0+60x{last} {last * 60}x60"}


DIVERGENCE = (
    Case("PmmDiverged", "fires at once", active("0x4 1x9"), 6, [FILL_RATE]),
    Case("PmmDiverged", "is silent while both agree", active("0x60"), 30),
    Case(
        "PmmDiverged",
        "outlives a restart of the detector without a false all-clear",
        active("1x5 _x8 1x30"),
        12,
        [FILL_RATE],
    ),
    Case("PmmDiverged", "ends when the detector says so", active("1x5 0x60"), 40),
    Case("PmmDivergenceDetectorDown", "fires without a target", {}, 6, [{}]),
    Case(
        "PmmDivergenceDetectorDown",
        "fires when the target is down",
        {'up{job="divergence"}': "0x20"},
        7,
        [{}],
    ),
    Case(
        "PmmDivergenceDetectorDown",
        "fires when it no longer looks",
        DETECTOR_UP | {div.LAST_LOOK.name: "0+60x10 600x60"},
        25,
        [{}],
    ),
    Case(
        "PmmDivergenceDetectorDown",
        "is silent while it looks",
        DETECTOR_UP | {div.LAST_LOOK.name: "0+60x60"},
        30,
    ),
    Case(
        "PmmDivergenceDetectorDown",
        "is silent over a short restart",
        {'up{job="divergence"}': "1x5 0x2 1x60", div.LAST_LOOK.name: "0+60x60"},
        8,
    ),
    Case(
        "PmmDivergenceBlind",
        "fires when both are up and nothing is compared",
        DEMO_UP | PROD_UP | {div.COMPARING.name: "0x60"},
        20,
        [{"job": "bot", "env": "prod"}],
    ),
    Case(
        "PmmDivergenceBlind",
        "is silent while it compares",
        DEMO_UP | PROD_UP | {div.COMPARING.name: "1x60"},
        20,
    ),
    Case(
        "PmmDivergenceBlind",
        "is silent without a production",
        DEMO_UP | {div.COMPARING.name: "0x60"},
        20,
    ),
    Case(
        "PmmDivergenceBlind",
        "is silent when demo is dead, which has its own alert",
        PROD_UP | {'up{job="bot", env="demo"}': "0x60", div.COMPARING.name: "0x60"},
        20,
    ),
)
LIVENESS = (
    Case("PmmBotDown", "is silent while both are up", DEMO_UP | PROD_UP, 30),
    Case(
        "PmmBotDown",
        "fires for production",
        DEMO_UP | {'up{job="bot", env="prod"}': "1x9 0x60"},
        13,
        [PROD],
    ),
    Case(
        "PmmBotDown",
        "fires for demo",
        PROD_UP | {'up{job="bot", env="demo"}': "1x9 0x60"},
        13,
        [DEMO],
    ),
    Case(
        "PmmBotDown",
        "fires when production's target vanishes, hours later too",
        DEMO_UP | {'up{job="bot", env="prod"}': "1x9 stale"},
        300,
        [PROD],
    ),
    Case(
        "PmmBotDown",
        "is silent when production only tried to start and was taken away",
        DEMO_UP | {'up{job="bot", env="prod"}': "0 stale"},
        13,
    ),
    Case(
        "PmmBotDown",
        "is silent when a rehearsal ends",
        DEMO_UP | {'up{job="bot", env="rehearsal"}': "1x9 stale"},
        13,
    ),
    Case(
        "PmmBotDown",
        "fires when a rehearsal answers no more",
        DEMO_UP | {'up{job="bot", env="rehearsal"}': "1x9 0x60"},
        13,
        [{"env": "rehearsal"}],
    ),
    Case(
        "PmmBotDown",
        "fires when demo's target vanishes",
        PROD_UP | {'up{job="bot", env="demo"}': "1x9 stale"},
        13,
        [DEMO],
    ),
    Case(
        "PmmBotDown",
        "fires when demo never came, and does not miss a production that never was",
        {},
        5,
        [DEMO],
    ),
    Case(
        "PmmBotDown",
        "is silent over a restart of half a minute",
        PROD_UP | {'up{job="bot", env="demo"}': "1x9 0 1x60"},
        11,
    ),
    Case("PmmBotSilent", "fires for demo", DEMO_UP | beats("demo", 5), 10, [DEMO]),
    Case("PmmBotSilent", "fires for production", PROD_UP | beats("prod", 5), 10, [PROD]),
    Case("PmmBotSilent", "is silent while it beats", DEMO_UP | beats("demo", 60), 30),
    Case(
        "PmmBotSilent",
        "leaves the dead to the other alert",
        {'up{job="bot", env="demo"}': "0x60"} | beats("demo", 5),
        10,
    ),
    Case(
        "PmmFeedStale",
        "fires when reports stop",
        {
            f'{feed.LAST_REPORT.name}{{env="demo"}}': "0+60x10 600x60",
            f'{health.RUN_START.name}{{env="demo"}}': "1x80",
            f'{health.RUNNING.name}{{env="demo"}}': "1x80",
        },
        20,
        [DEMO],
    ),
    Case(
        "PmmFeedStale",
        "is silent while they come",
        {
            f'{feed.LAST_REPORT.name}{{env="demo"}}': "0+60x80",
            f'{health.RUN_START.name}{{env="demo"}}': "1x80",
            f'{health.RUNNING.name}{{env="demo"}}': "1x80",
        },
        20,
    ),
    Case(
        "PmmFeedStale",
        "gives a restarted bot its time",
        {
            f'{feed.LAST_REPORT.name}{{env="demo"}}': "0x80",
            f'{health.RUN_START.name}{{env="demo"}}': "960x80",
            f'{health.RUNNING.name}{{env="demo"}}': "1x80",
        },
        20,
    ),
    Case(
        "PmmFeedStale",
        "is silent for a bot that stopped in order",
        {
            f'{feed.LAST_REPORT.name}{{env="demo"}}': "0x80",
            f'{health.RUN_START.name}{{env="demo"}}': "1x80",
            f'{health.RUNNING.name}{{env="demo"}}': "0x80",
        },
        20,
    ),
    *(
        Case(
            "PmmBookNotValid",
            claim,
            {
                f"{feed.BOOK_STATE.name}{{{BOOK}, state='stale'}}": s,
                f'{feed.LAST_REPORT.name}{{env="demo"}}': report,
                f'{health.RUNNING.name}{{env="demo"}}': running,
            },
            30,
            fires,
        )
        for claim, s, report, running, fires in (
            (
                "fires for one book",
                "1x60",
                "0+60x60",
                "1x60",
                [{"env": "demo", "market": "m", "outcome": "YES"}],
            ),
            ("is silent for a valid one", "0x60", "0+60x60", "1x60", []),
            ("is silent when it was stale for a moment", "0x25 1x2 0x60", "0+60x60", "1x60", []),
            ("leaves a dead feed to its own alert", "1x60", "0x60", "1x60", []),
            ("is silent for a stopped bot", "1x60", "0+60x60", "0x60", []),
        )
    ),
)
