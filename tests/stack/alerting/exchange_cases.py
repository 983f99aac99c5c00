"""What the alerts on the account at the exchange must and must not do; as in bot_cases.py."""

from exporters.catalogue import exchange
from tests.stack.alerting.case import PROD, Case

BEAT = f'{exchange.HEARTBEAT_AGE.name}{{env="prod"}}'
HANGING = f'{exchange.LEGS_PENDING_LONG.name}{{env="prod"}}'
FAILURES = f'{exchange.TRUTH_FAILURES.name}{{env="prod"}}'
MISSED, HUNG, FAILED = (
    {BEAT: "4x5 20x5 4x60"},
    {HANGING: "0x5 1x5 0x60"},
    {FAILURES: "0+2x15 30x60"},
)

EXCHANGE = (
    Case("PmmHeartbeatOld", "fires when none gets through", {BEAT: "4x5 70x10"}, 8, [PROD]),
    Case("PmmHeartbeatOld", "is silent between two beats", {BEAT: "8x30"}, 20),
    Case("PmmHeartbeatOld", "is silent at one that was late", {BEAT: "4x5 20 4x20"}, 6),
    Case("PmmHeartbeatOld", "is silent once beats were stopped", {BEAT: "4x5 _x30"}, 20),
    Case("PmmHeartbeatOld", "goes on for some minutes", MISSED, 14, [PROD]),
    Case("PmmHeartbeatOld", "ends", MISSED, 30),
    Case("PmmTradesHang", "fires when a fill is old", {HANGING: "0x5 1x20"}, 12, [PROD]),
    Case("PmmTradesHang", "is silent when it settles soon", {HANGING: "0x5 1 1 0x20"}, 7),
    Case("PmmTradesHang", "goes on for some minutes", HUNG, 14, [PROD]),
    Case("PmmTradesHang", "ends", HUNG, 30),
    Case("PmmTruthUnknown", "fires when every comparison fails", {FAILURES: "0+2x30"}, 20, [PROD]),
    Case("PmmTruthUnknown", "is silent at one in a while", {FAILURES: "0x10 1 2x20"}, 15),
    Case("PmmTruthUnknown", "waits for two minutes", {FAILURES: "0x10 9x20"}, 12),
    Case("PmmTruthUnknown", "goes on for some minutes", FAILED, 26, [PROD]),
    Case("PmmTruthUnknown", "ends", FAILED, 45),
)
