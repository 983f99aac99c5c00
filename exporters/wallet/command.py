"""The command `python -m exporters wallet`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
from prometheus_client import CollectorRegistry

from bot.clock import SystemClock
from bot.domain.errors import InputError, SettingsError
from bot.wallet.chain import Chain, checksummed
from bot.wallet.contracts import CHAIN_ID
from bot.wallet.rpc import nodes_of
from exporters.catalogue.balance import ASSET, MISMATCH_USD_MAX
from exporters.command_line import Parser, port, stop_on_signal
from exporters.http import MetricsServer
from exporters.wallet.export import WalletMetrics
from exporters.wallet.gas import WEI_PER_POL, GasBook
from exporters.wallet.ledger import JournalLedger
from exporters.wallet.service import Look, WalletService

PORT = 9112
NODES_VARIABLE = "PMM_RPC_URLS"
WALLET_VARIABLE = "PMM_WALLET"
PUBLIC_NODES = (
    "https://polygon.drpc.org https://polygon-rpc.com https://polygon-bor-rpc.publicnode.com"
)
"""The nodes a bot asks by default, too."""
EXAMPLE = f"""\
examples:
  python -m exporters wallet --journal state/journal --wallet 0x...
  python -m exporters wallet --journal state/journal --wallet 0x... --once

Reads the chain and the journal, holds no key and sends nothing. Nodes are those of
${NODES_VARIABLE}, separated by blanks (default: public ones); two must agree.
"""


def parser() -> argparse.ArgumentParser:
    """Return the argument parser, for `--help` and for the documents."""
    options = Parser(
        prog="python -m exporters wallet",
        description="Compares what the wallet holds on the chain with the bot's ledger every "
        "minute and serves pmm_balance_* metrics. Matches that are not settled are no mismatch.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = options.add_argument
    add("--journal", type=Path, default=Path("state/journal"), help="the bot's (%(default)s)")
    add("--wallet", default="", help=f"address with the money (default: ${WALLET_VARIABLE})")
    add("--gas-payer", default="", help="address whose POL pays the gas (default: the wallet)")
    add("--once", action="store_true", help="look once, print JSON; exit 0 only when they agree")
    add("--host", default="127.0.0.1", help="where /metrics listens (%(default)s)")
    add("--port", type=port, default=PORT, help="and its port, 0 for any free one (%(default)s)")
    return options


def run(
    arguments: Sequence[str],
    environ: Mapping[str, str] | None = None,
    wait: Callable[[float], bool] | None = None,
) -> int:
    """Serve until told to stop, or look once; return the exit code: 0 fine, 1 failed, 2 wrong use.

    `wait(seconds)` returns True to stop; by default SIGINT and SIGTERM do.
    """
    options = parser().parse_args(arguments)
    known = os.environ if environ is None else environ  # noqa: TID251 - nodes may hold a key
    try:
        registry = CollectorRegistry()
        service = _service(options, known, WalletMetrics(registry))
        if options.once:
            return _once(service)
        _serve(options, registry, service, wait or stop_on_signal().wait)
    except (SettingsError, InputError) as error:
        return _complain(str(error), 2)
    except OSError as error:
        return _complain(f"cannot listen on {options.host}:{options.port}: {error.strerror}", 1)
    return 0


def _service(
    options: argparse.Namespace, environ: Mapping[str, str], metrics: WalletMetrics
) -> WalletService:
    address = options.wallet or environ.get(WALLET_VARIABLE, "")
    if not address:
        raise SettingsError(f"no wallet: give --wallet ADDRESS or set {WALLET_VARIABLE}")
    wallet, payer = checksummed(address), checksummed(options.gas_payer or address)
    nodes = nodes_of(environ.get(NODES_VARIABLE) or PUBLIC_NODES, CHAIN_ID)
    return WalletService(
        Chain(nodes),
        JournalLedger(options.journal),
        GasBook(options.journal.parent / "wallet-journal"),
        wallet=(wallet, payer),
        clock=SystemClock(),
        metrics=metrics,
        node_failures=lambda: nodes.failures,
        say=_say,
    )


def _once(service: WalletService) -> int:
    look = service.step()
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(as_data(look)), indent=2).decode())
    sys.stdout.write("\n")
    return 0 if agrees(look) else 1


def agrees(look: Look) -> bool:
    """Return True when chain and ledger were compared and are the same but for rounding."""
    found = look.found
    return found is not None and all(abs(usd) <= MISMATCH_USD_MAX for usd in found.mismatch_usd)


def as_data(look: Look) -> dict[str, object]:
    """Return a look for `--once`: dollars and POL; what is not known is null."""
    found, balances = look.found, look.balances
    data: dict[str, object] = {
        "result": look.result,
        "trouble": look.trouble,
        "agrees": agrees(look) if found is not None else None,
        "block": None if balances is None else balances.block,
        "gas_pol": None if balances is None else balances.gas_wei / WEI_PER_POL,
        "in_flight": None if found is None else found.in_flight,
    }
    names = ASSET.values or ()
    for name, values in (
        ("chain_usd", None if found is None else found.chain.in_usd(found.mid)),
        ("ledger_usd", None if found is None else found.ledger.in_usd(found.mid)),
        ("mismatch_usd", None if found is None else found.mismatch_usd),
    ):
        data[name] = None if values is None else dict(zip(names, values, strict=True))
    return data


def _serve(
    options: argparse.Namespace,
    registry: CollectorRegistry,
    service: WalletService,
    wait: Callable[[float], bool],
) -> None:
    server = MetricsServer(registry, service.health, host=options.host, port=options.port)
    server.start()
    _say(f"http://{options.host}:{server.port}/metrics")
    try:
        service.run(wait)
    finally:
        server.stop()


def _say(text: str) -> None:
    sys.stderr.write(f"wallet: {text}\n")
    sys.stderr.flush()


def _complain(message: str, code: int) -> int:
    _say(message)
    return code
