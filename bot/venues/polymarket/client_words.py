"""The exchange client's words into ours: answers, failures, orders and trades."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TypeVar

import httpx
import msgspec
from polymarket import errors
from polymarket._internal.environment import PRODUCTION_CONFIG
from polymarket._internal.wallet import try_classify_wallet_type
from polymarket.models.clob import ClobTrade, OpenOrder
from polymarket.models.clob.order_response import OrderResponse
from polymarket.models.clob.orders import SignedOrder as SdkOrder
from polymarket.models.clob.rewards import RebatedFee, TotalUserEarning
from polymarket.pagination import AsyncPaginator

from bot.domain.errors import InputError, RateLimited, VenueUnavailable
from bot.domain.orders import OrderId
from bot.domain.units import CASH_SCALE
from bot.venues.polymarket.exchange import DayIncome, SignedOrder
from bot.venues.polymarket.outcomes import (
    TEXT_MAX,
    CancelAnswer,
    Failure,
    PostAnswer,
    Taken,
    Unproven,
    leg_refusal,
)
from bot.venues.polymarket.user_schema import WireLeg, WireOrder, WireTrade
from bot.venues.polymarket.user_wire import OrderNews, Trade, read_order, read_trade

QUESTION_S = 30.0
"""Longest wait for the answer to a question, all its pages together: the library's own limits are
for each read of a socket, so an answer that trickles in would have no end."""
STRANGE = (OSError, RuntimeError, ValueError, KeyError, TypeError)
"""What may come out of the library, and of those below it, besides its own errors."""

KINDS = {"EOA": "eoa", "POLY_PROXY": "proxy", "GNOSIS_SAFE": "safe", "DEPOSIT_WALLET": "deposit"}
"""The library's kinds of wallets, and what they are called here."""
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_T = TypeVar("_T")


def kind_of_wallet(signer: str, wallet: str) -> str:
    """Return what a wallet is of a key: "eoa", "safe", "deposit" or "proxy"; "" for a stranger's.

    Addresses follow from the key's. A stranger's wallet the library would take for one that the
    key has a session on. Raises InputError for what is no address.
    """
    derivation = PRODUCTION_CONFIG.wallet_derivation
    try:
        kind = try_classify_wallet_type(signer=signer, wallet=wallet, config=derivation)
    except errors.UserInputError as error:
        raise InputError(f"{wallet!r} is no address: 0x and 40 hex digits") from error
    return "" if kind is None else KINDS[kind]


def sealed(order: SignedOrder) -> SdkOrder:
    """Return the library's own record of an order. Raises TypeError for one it did not sign."""
    if not isinstance(order.sealed, SdkOrder):
        raise TypeError(f"order {order.order_id} was not signed by this client")
    return order.sealed


def post_answer(order: SignedOrder, answer: OrderResponse) -> PostAnswer:
    """Return what the answer for one order proves."""
    if not answer.ok:
        return leg_refusal(order.order_id, answer.message)
    if answer.order_id.lower() != order.order_id:
        return Unproven(order.order_id, f"the exchange answered for {answer.order_id}")
    return Taken(order.order_id)


def cancel_answer(canceled: Sequence[str], refused: Iterable[tuple[str, str]]) -> CancelAnswer:
    """Return what was taken off and what was not, ids in lower case."""
    return CancelAnswer(
        tuple(OrderId(order_id.lower()) for order_id in canceled),
        {OrderId(order_id.lower()): text[:TEXT_MAX] for order_id, text in refused},
    )


def failure_of(error: Exception) -> Failure:
    """Return what is known of a request that did not come back with an answer.

    What is no error of the library's own says nothing: the request may have arrived.
    """
    failure = Failure(f"{type(error).__name__}: {error}"[:TEXT_MAX])
    if (retry_after_s := getattr(error, "retry_after", None)) is not None:
        failure = msgspec.structs.replace(failure, retry_after_s=retry_after_s)
    if isinstance(error, errors.UserInputError):  # refused by the library itself
        return msgspec.structs.replace(failure, status=httpx.codes.BAD_REQUEST)
    if isinstance(error, errors.RequestRejectedError):
        return msgspec.structs.replace(failure, status=error.status)
    if isinstance(error, errors.RateLimitError):
        return msgspec.structs.replace(
            failure,
            status=httpx.codes.TOO_MANY_REQUESTS,
            is_signer_limit=error.rate_limit is not None,
        )
    return msgspec.structs.replace(failure, was_sent=not isinstance(error.__cause__, _NOT_SENT))


@asynccontextmanager
async def asking(what: str, seconds: float = QUESTION_S) -> AsyncIterator[None]:
    """Turn the failure of a question into one of our errors, and give it an end."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except errors.PolymarketError as error:
        failure = failure_of(error)
        text = f"cannot ask for {what}: {failure.text}"
        if isinstance(error, errors.RateLimitError):
            raise RateLimited(text, failure.retry_after_s) from error
        raise VenueUnavailable(text) from error
    except TimeoutError as error:
        raise VenueUnavailable(f"cannot ask for {what}: no end after {seconds:g} s") from error
    except STRANGE as error:
        raise VenueUnavailable(f"cannot read the answer about {what}: {error}") from error


async def all_of(pages: AsyncPaginator[_T]) -> list[_T]:
    """Return the items of every page."""
    return [item async for item in pages.iter_items()]


def news_of(item: OpenOrder) -> OrderNews:
    """Return how an order stands. Raises ValueError for what cannot be read."""
    return read_order(
        WireOrder(id=item.id, status=item.status, size_matched=_plain(item.size_matched))
    )


def trade_of(item: ClobTrade) -> Trade:
    """Return a trade with all its legs. Raises ValueError for what cannot be read."""
    legs = [
        WireLeg(
            order_id=leg.order_id,
            asset_id=leg.asset_id,
            matched_amount=_plain(leg.matched_amount),
            price=_plain(leg.price),
            owner=leg.owner,
            maker_address=leg.maker_address,
        )
        for leg in item.maker_orders
    ]
    return read_trade(
        WireTrade(
            id=item.id,
            status=item.status,
            asset_id=item.asset_id,
            price=_plain(item.price),
            size=_plain(item.size),
            taker_order_id=item.taker_order_id,
            maker_orders=legs,
            match_time=int(item.matched_at.timestamp()),
        )
    )


def income_of(earned: Sequence[TotalUserEarning], paid: Sequence[RebatedFee]) -> DayIncome:
    """Return a day's income; rewards come in an asset of which `asset_rate` says the dollars."""
    rewards = sum((each.earnings * each.asset_rate for each in earned), Decimal(0))
    rebates = sum((each.rebated_fees_usdc for each in paid), Decimal(0))
    return DayIncome(int(rewards * CASH_SCALE), int(rebates * CASH_SCALE))


def _plain(number: Decimal) -> str:
    return format(number, "f")
