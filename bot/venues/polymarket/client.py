"""The one file that knows the exchange's client library, and where its facts become ours.

`polymarket-client` is pinned to 0.14.0: its version is 0.x and some of what is used here is private
(another environment than production, and signing without a request for what we know already).
Whatever it raises becomes one of our errors or an answer that says what is proved.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
from eth_account import Account
from eth_utils.crypto import keccak
from polymarket import PRODUCTION, AsyncSecureClient, Environment, errors
from polymarket._internal.actions.account import build_update_balance_allowance_request
from polymarket._internal.actions.orders import orders as sdk_orders
from polymarket._internal.actions.orders import typed_data
from polymarket._internal.actions.orders.context import resolve_order_exchange_address
from polymarket._internal.actions.orders.types import OrderDraft, UnsignedOrder
from polymarket._internal.environment import PRODUCTION_CONFIG, with_environment_config
from polymarket._internal.wallet import signature_type_for, wrap_deposit_wallet_signature
from polymarket.models.clob import ApiKeyCreds, OpenOrder
from polymarket.models.clob.order_response import OrderResponse
from polymarket.models.types import TokenId as SdkTokenId
from polymarket.rate_limit import RateLimitUpdate
from polymarket.types import EvmAddress, HexString

from bot.domain.errors import SettingsError, VenueUnavailable
from bot.domain.market import Market, Side, TokenId
from bot.domain.orders import NewOrder, OrderId
from bot.domain.ports import Clock
from bot.venues.polymarket.client_words import (
    QUESTION_S,
    STRANGE,
    all_of,
    asking,
    cancel_answer,
    failure_of,
    income_of,
    news_of,
    post_answer,
    sealed,
    trade_of,
)
from bot.venues.polymarket.connection import Connection
from bot.venues.polymarket.exchange import (
    AccountKeys,
    Balances,
    DayIncome,
    SignedOrder,
    StreamKeys,
    amounts,
)
from bot.venues.polymarket.outcomes import (
    CancelAnswer,
    Failure,
    PostAnswer,
    Unproven,
    asks_for_pause,
    cancel_error,
    is_refusal,
    post_failure,
)
from bot.venues.polymarket.rate_limit import SignerLimits
from bot.venues.polymarket.user_wire import OrderNews, Trade

NATIVE_BACKEND = "CoinCurveECCBackend"
"""Signs one order in 0.17 ms; the pure Python one takes 3.35 ms."""
BEAT_S = 4.0
"""Longest wait for the answer to a beat: there must be time for another one within 10 s."""
REQUEST_S = 20.0
"""Longest wait for the answer to an order or a cancel; then it proves nothing. The library's own
limits are for each read of a socket, so an answer that trickles in would have no end."""

_NOISY_LOGGERS = ("hpack", "httpcore", "h2")  # at DEBUG they print request headers: our API key


def environment(clob_url: str, relayer_url: str | None = None) -> Environment:
    """Return production with another address of the exchange, and of the relayer if given."""
    config = replace(
        PRODUCTION_CONFIG,
        clob_url=clob_url,
        relayer_url=relayer_url or PRODUCTION_CONFIG.relayer_url,
    )
    return with_environment_config(PRODUCTION, config=config)


@asynccontextmanager
async def connect(
    keys: AccountKeys, limits: SignerLimits, clock: Clock, where: Environment = PRODUCTION
) -> AsyncIterator[PolymarketClient]:
    """Log in and give a client; its connections are closed at the end.

    Raises SettingsError for keys that cannot be used or without the native signer, and
    VenueUnavailable when the exchange does not answer.
    """
    for name in _NOISY_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)

    def on_limits(update: RateLimitUpdate) -> None:
        limits.observe(remaining=update.remaining, tier=update.tier, is_warning=update.warning)

    try:
        sdk = await AsyncSecureClient.create(
            private_key=keys.private_key,
            wallet=keys.wallet or _address_of(keys.private_key),
            environment=where,
            credentials=_sdk_credentials(keys.stream_keys),
            on_rate_limit_update=on_limits,
        )
    except errors.UserInputError:
        # Its text may quote the key.
        raise SettingsError("the exchange client refuses the private key or the wallet") from None
    except errors.PolymarketError as error:
        raise VenueUnavailable(
            f"cannot log in at the exchange: {failure_of(error).text}"
        ) from error
    made = PolymarketClient(sdk, limits, clock)
    try:
        yield made
    finally:
        await made.connection.close()
        await sdk.close()


class PolymarketClient:
    """An `ExchangeAccount` at the exchange. Nothing is retried in here."""

    def __init__(self, sdk: AsyncSecureClient, limits: SignerLimits, clock: Clock) -> None:
        """Take a client that is logged in. Raises SettingsError without the native signer."""
        self._sdk = sdk
        self._context = sdk._ctx  # noqa: SLF001 - signer, addresses and plain GETs; pinned, tested
        self.limits = limits
        self._clock = clock
        self.connection = Connection(self._context.secure_clob, clock)
        backend = type(self._context.signer._key_obj.backend).__name__  # noqa: SLF001 - as above
        if backend != NATIVE_BACKEND:
            raise SettingsError(f"orders would be signed by {backend}: install coincurve")

    # who we are -----------------------------------------------------------------------------

    @property
    def address(self) -> str:
        """The wallet that holds the money."""
        return str(self._sdk.wallet)

    @property
    def stream_keys(self) -> StreamKeys:
        """What opens the user channel."""
        credentials = self._sdk.credentials
        return StreamKeys(credentials.key, credentials.secret, credentials.passphrase)

    # orders ---------------------------------------------------------------------------------

    def sign(self, order: NewOrder, market: Market, expires_s: int | None) -> SignedOrder:
        """Return the signed post-only order. Raises InputError for a size off the 0.01 grid."""
        context = self._context
        unsigned = sdk_orders.create_unsigned_order(
            self._draft(order, market, expires_s),
            wallet=context.wallet,
            wallet_type=context.wallet_type,
        )
        message = typed_data.build_order_typed_data(unsigned)
        raw = context.signer.sign_typed_data(full_message=message).signature.hex()
        plain = HexString("0x" + raw.removeprefix("0x"))
        signature = wrap_deposit_wallet_signature(
            signer=context.signer.address,
            signer_type=context.signer_type,
            signature=typed_data.build_order_signature(unsigned, plain),
        )
        sealed = sdk_orders.create_signed_order(unsigned, signature, post_only=True)
        return SignedOrder(order_hash(unsigned), sealed)

    async def post(self, orders: Sequence[SignedOrder]) -> list[PostAnswer]:
        """Return one answer an order, in order; at most 15 of them."""
        seals = [sealed(order) for order in orders]
        self.connection.departs_with(orders)
        try:
            async with asyncio.timeout(REQUEST_S):
                if len(seals) == 1:
                    answers: tuple[OrderResponse, ...] = (await self._sdk.post_order(seals[0]),)
                else:
                    answers = await self._sdk.post_orders(seals)
        except (errors.PolymarketError, *STRANGE) as error:
            failure = self._heed(error)
            return [post_failure(order.order_id, failure) for order in orders]
        if len(answers) != len(orders):
            return [Unproven(order.order_id, "an answer for each was due") for order in orders]
        return [post_answer(*pair) for pair in zip(orders, answers, strict=True)]

    async def cancel(self, order_ids: Sequence[OrderId]) -> CancelAnswer:
        """Return what was taken off."""
        try:
            async with asyncio.timeout(REQUEST_S):
                answer = await self._sdk.cancel_orders(order_ids=list(order_ids))
        except (errors.PolymarketError, *STRANGE) as error:
            failure = self._heed(error)
            if is_refusal(failure) and not failure.is_signer_limit:
                return CancelAnswer((), dict.fromkeys(order_ids, failure.text))
            raise cancel_error(failure) from error
        return cancel_answer(answer.canceled, answer.not_canceled.items())

    async def cancel_all(self) -> CancelAnswer:
        """Take every order of this API key off."""
        try:
            async with asyncio.timeout(REQUEST_S):
                answer = await self._sdk.cancel_all()
        except (errors.PolymarketError, *STRANGE) as error:
            raise cancel_error(self._heed(error)) from error
        return cancel_answer(answer.canceled, answer.not_canceled.items())

    async def keep_warm(self) -> None:
        """Use the connection of the orders: idle for 30 s it would be closed."""
        with contextlib.suppress(errors.PolymarketError, *STRANGE):
            async with asyncio.timeout(REQUEST_S):
                await self._context.secure_clob.get_bytes("/time")

    # questions ------------------------------------------------------------------------------

    async def open_orders(self) -> list[OrderNews]:
        """Return every open order of this API key."""
        async with self._asking("open orders"):
            return [news_of(item) for item in await all_of(self._sdk.list_open_orders())]

    async def order(self, order_id: OrderId) -> OrderNews | None:
        """Return how one order stands; `None` when the exchange does not know it.

        It answers `null` for some orders that rest no more (py-clob-client #217), with which the
        library can do nothing.
        """
        async with self._asking("an order"):
            try:
                answer = await self._context.secure_clob.get_json(f"/data/order/{order_id}")
                return None if answer is None else news_of(OpenOrder.parse_response(answer))
            except errors.RequestRejectedError as error:
                if error.status == httpx.codes.NOT_FOUND:
                    return None
                raise

    async def trades(self, after_s: int) -> list[Trade]:
        """Return our trades that matched since a time (epoch s)."""
        async with self._asking("trades"):
            pages = self._sdk.list_account_trades(after=str(after_s))
            return [trade_of(item) for item in await all_of(pages)]

    async def balances(self, tokens: Sequence[TokenId]) -> Balances:
        """Return the collateral and what is held of each of `tokens`."""
        async with self._asking("balances"):
            cash = await self._sdk.get_balance_allowance(asset_type="COLLATERAL")
            held = {
                token: (
                    await self._sdk.get_balance_allowance(asset_type="CONDITIONAL", asset_id=token)
                ).balance
                for token in tokens
            }
            return Balances(cash.balance, held)

    async def refresh_balances(self, tokens: Sequence[TokenId]) -> None:
        """Have the exchange read collateral and `tokens` from the chain again.

        After a deposit it goes on seeing nothing until told (py-clob-client-v2 #74). The library
        has the request but no method for it.
        """
        async with self._asking("fresh balances"):
            for asset in (None, *tokens):
                path, params = build_update_balance_allowance_request(
                    asset_type="CONDITIONAL" if asset else "COLLATERAL",
                    asset_id=asset,
                    signature_type=signature_type_for(self._context.wallet_type),
                )
                await self._context.secure_clob.get_bytes(path, params=params)

    async def income(self, day: str) -> DayIncome:
        """Return what was credited for a day (YYYY-MM-DD), sponsored rewards included."""
        async with self._asking("rewards and rebates"):
            earned = await self._sdk.get_total_earnings_for_user_for_day(date=day, sponsored=True)
            paid = await self._sdk.get_current_rebates(date=day, maker_address=self.address)
            return income_of(earned, paid)

    async def heartbeat(self, heartbeat_id: str) -> str:
        """Send one beat and return the id of the next; a wrong id is put right at once."""
        async with self._asking("a heartbeat", BEAT_S):
            try:
                beat = await self._sdk.send_order_heartbeat(heartbeat_id=heartbeat_id)
            except errors.OrderHeartbeatMismatchError as error:
                beat = await self._sdk.send_order_heartbeat(heartbeat_id=error.heartbeat_id)
            return beat.heartbeat_id

    async def is_closed_only(self) -> bool:
        """Return True when the account may only reduce positions."""
        async with self._asking("the account's mode"):
            return await self._sdk.get_closed_only_mode()

    async def version(self) -> int:
        """Return the version of orders that the exchange takes."""
        async with self._asking("the version"):
            answer = await self._context.clob.get_json("/version")
            return int(answer["version"])

    async def time_s(self) -> int:
        """Return the exchange's clock in epoch seconds."""
        async with self._asking("the time"):
            return int(await self._context.clob.get_json("/time"))

    # inside ---------------------------------------------------------------------------------

    def _draft(self, order: NewOrder, market: Market, expires_s: int | None) -> OrderDraft:
        cash, size = amounts(order.price, order.size)
        is_buy = order.side is Side.BUY
        config = self._context.environment_config
        asset = SdkTokenId(order.token)
        return OrderDraft(
            chain_id=config.chain_id,
            exchange_address=resolve_order_exchange_address(
                config, asset_id=asset, neg_risk=market.neg_risk
            ),
            expiration=expires_s or 0,
            funder_address=self._context.wallet,
            offered_amount=cash if is_buy else size,
            order_type="GTD" if expires_s else "GTC",
            side="BUY" if is_buy else "SELL",
            signer=EvmAddress(self._context.signer.address),
            requested_amount=size if is_buy else cash,
            asset_id=asset,
        )

    @contextlib.asynccontextmanager
    async def _asking(self, what: str, seconds: float = QUESTION_S) -> AsyncIterator[None]:
        try:
            async with asking(what, seconds):
                await self.connection.tidy()
                yield
        except VenueUnavailable as error:
            if error.__cause__ is not None:
                self.connection.heed(error.__cause__)
            raise

    def _heed(self, error: Exception) -> Failure:
        """Let no order leave while the exchange asks for a pause or takes none."""
        failure = failure_of(error)
        self.connection.heed(error)
        if asks_for_pause(failure):
            self.limits.hold_off(failure.retry_after_s, self._clock.now_ns())
        return failure


def order_hash(order: UnsignedOrder) -> OrderId:
    """Return the EIP-712 hash of an order: its id at the exchange, whatever signs it."""
    domain = typed_data._app_domain_separator(  # noqa: SLF001 - pinned, tested against eth-account
        order, protocol_version=order.protocol_version
    )
    contents = typed_data._order_contents_hash(order)  # noqa: SLF001 - same
    digest = keccak(b"\x19\x01" + bytes.fromhex(domain[2:]) + contents)
    return OrderId("0x" + digest.hex())


def _address_of(private_key: str) -> str:
    """The key's own address. Raises SettingsError without quoting the key."""
    try:
        return str(Account.from_key(private_key).address)
    except (ValueError, TypeError):
        raise SettingsError("the private key is not 32 bytes in hex") from None


def _sdk_credentials(keys: StreamKeys | None) -> ApiKeyCreds | None:
    if keys is None:
        return None
    return ApiKeyCreds(key=keys.api_key, secret=keys.secret, passphrase=keys.passphrase)
