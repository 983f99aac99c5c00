"""Every case of every alert."""

from tests.stack.alerting.bot_cases import DIVERGENCE, LIVENESS
from tests.stack.alerting.edges import EDGES
from tests.stack.alerting.exchange_cases import EXCHANGE
from tests.stack.alerting.order_cases import MONEY, PIPELINE, TRADING

CASES = (*DIVERGENCE, *LIVENESS, *TRADING, *MONEY, *EXCHANGE, *PIPELINE, *EDGES)
FIRES_WITHOUT_DATA = frozenset({"PmmBotDown", "PmmDivergenceDetectorDown", "PmmWatchdog"})
