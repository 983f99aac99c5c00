"""Answers about keys, own orders, own trades and balances."""

from __future__ import annotations

from bot.domain.market import TokenId
from bot.domain.units import NS_PER_S
from bot.sandbox.exchange.account import CASH, Account
from bot.sandbox.exchange.calls import Answer, Call, number_in, page, signed_by
from bot.sandbox.exchange.keys import ApiKey
from bot.sandbox.exchange.refusals import bad_request, not_found
from bot.sandbox.exchange.signing import DEPOSIT_WALLET, EOA
from bot.sandbox.exchange.state import Exchange
from bot.sandbox.exchange.trades import Trade
from bot.sandbox.exchange.user_frames import rest_order, rest_trade
from bot.sandbox.exchange.wallets import deposit_wallets


def create_key(exchange: Exchange, call: Call) -> Answer:
    """Make a new API key for whoever signed."""
    return _key(exchange.keyring.create(*exchange.keyring.admit(call.headers, call.now_ns)))


def derive_key(exchange: Exchange, call: Call) -> Answer:
    """Give the API key made before."""
    return _key(exchange.keyring.derive(*exchange.keyring.admit(call.headers, call.now_ns)))


def list_keys(exchange: Exchange, call: Call) -> Answer:
    """List the keys of the owner."""
    return Answer({"apiKeys": exchange.keyring.of(signed_by(exchange, call).address)})


def delete_key(exchange: Exchange, call: Call) -> Answer:
    """Forget the key that signed the request."""
    exchange.keyring.delete(signed_by(exchange, call).key)
    return Answer("OK")


def closed_only(exchange: Exchange, call: Call) -> Answer:
    """Answer whether the account may only reduce."""
    signed_by(exchange, call)
    return Answer({"closed_only": exchange.faults.is_closed_only})


def order(exchange: Exchange, call: Call) -> Answer:
    """Answer one own order, open or not."""
    key = signed_by(exchange, call)
    found = exchange.order_of(key, call.name)
    if found is None:
        raise not_found("order")
    return Answer(rest_order(found))


def orders(exchange: Exchange, call: Call) -> Answer:
    """Answer the own open orders, in pages."""
    key = signed_by(exchange, call)
    query = call.query
    found = exchange.desk.open_orders(key.key, query.get("market"), query.get("asset_id"))
    rows = [rest_order(each) for each in found if query.get("id") in (None, each.order_id)]
    return Answer(page(rows, query.get("next_cursor", ""), exchange.config.page_size))


def trades(exchange: Exchange, call: Call) -> Answer:
    """Answer the own trades, newest first, in pages."""
    key = signed_by(exchange, call)
    rows = [rest_trade(each) for each in exchange.trades_of(key) if _is_asked_for(each, call)]
    cursor = call.query.get("next_cursor", "")
    return Answer(page(rows, cursor, exchange.config.page_size))


def balance(exchange: Exchange, call: Call) -> Answer:
    """Answer the balance of cash or of a token, and what may be moved of it."""
    account = _account(exchange, signed_by(exchange, call), call)
    asset = _asset(exchange, call)
    allowances = {spender: str(amount) for spender, amount in account.allowances.items()}
    return Answer({"balance": str(account.balance(asset)), "allowances": allowances})


def update_balance(exchange: Exchange, call: Call) -> Answer:
    """Take the wish to look at the chain again; here it is looked at always."""
    _account(exchange, signed_by(exchange, call), call)
    return Answer("")


def order_scoring(exchange: Exchange, call: Call) -> Answer:
    """Answer whether an own order earns rewards now: it does while it rests."""
    found = exchange.order_of(signed_by(exchange, call), call.required("order_id"))
    return Answer({"scoring": found is not None and found.open_size > 0})


def rewards(exchange: Exchange, call: Call) -> Answer:
    """Answer what was earned on a day: nothing is paid here."""
    signed_by(exchange, call)
    call.required("date")
    return Answer([])


def rebates(exchange: Exchange, call: Call) -> Answer:  # noqa: ARG001 - a handler takes both
    """Answer what was paid back for a day, to anybody: nothing."""
    call.required("date")
    call.required("maker_address")
    return Answer([])


def _key(key: ApiKey) -> Answer:
    return Answer({"apiKey": key.key, "secret": key.secret, "passphrase": key.passphrase})


def _account(exchange: Exchange, key: ApiKey, call: Call) -> Account:
    """Return the account of the wallet a signature type stands for.

    A key has two possible deposit wallets: the one that is in use, else the older kind.
    """
    kind = call.required("signature_type")
    if kind == str(EOA):
        return exchange.hall.account(key.address)
    if kind != str(DEPOSIT_WALLET):
        raise bad_request("Invalid signature_type")
    wallets = deposit_wallets(key.address)
    in_use = {account.wallet for account in exchange.hall.accounts()}
    used = [wallet for wallet in wallets if wallet in in_use]
    return exchange.hall.account(used[0] if used else wallets[0])


def _asset(exchange: Exchange, call: Call) -> TokenId:
    kind = call.required("asset_type")
    if kind == "COLLATERAL":
        return CASH
    if kind != "CONDITIONAL":
        raise bad_request("Invalid asset_type")
    token = call.required("token_id")
    exchange.hall.need_books(token)
    return TokenId(token)


def _is_asked_for(trade: Trade, call: Call) -> bool:
    query, matched_s = call.query, trade.matched_ns // NS_PER_S
    tokens = {trade.taker.token, *(leg.token for leg in trade.legs)}
    makers = {leg.maker for leg in trade.legs}
    return (
        query.get("id") in (None, trade.trade_id)
        and query.get("market") in (None, trade.market)
        and (query.get("asset_id") is None or query["asset_id"] in tokens)
        and (query.get("maker_address") is None or query["maker_address"] in makers)
        and matched_s < number_in(call, "before", matched_s + 1)
        and matched_s > number_in(call, "after", -1)
    )
