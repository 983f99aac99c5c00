// Keeps one row a minute of what the bots measured, for long after the events themselves are gone.
// Whole minutes only: an aggregate over half a minute would overwrite the whole one of the run
// before. Every run covers six hours again, so that events which arrive late are counted as long as
// the shipper is not further behind; a row written again is the same row.
// Prices are in 1/10,000 dollar, sizes in 1/1,000,000 share, cash in 1/1,000,000 dollar, as in the
// events (docs/metrics.md).
import "date"

option task = {name: "ticks_1m", every: 1h, offset: 5m}

fromBucket = "ticks"
toBucket = "ticks_1m"
start = date.truncate(t: -6h, unit: 1m)
stop = date.truncate(t: now(), unit: 1m)

events = () =>
    from(bucket: fromBucket)
        |> range(start: start, stop: stop)

// How things stood at the end of each minute.
events()
    |> filter(fn: (r) => r._measurement == "quotes")
    |> filter(fn: (r) => r._field == "best_bid" or r._field == "best_ask" or r._field == "our_bid" or r._field == "our_ask" or r._field == "fair_price" or r._field == "volatility" or r._field == "net_size")
    |> aggregateWindow(every: 1m, fn: last, createEmpty: false)
    |> to(bucket: toBucket)
    |> yield(name: "quotes")

events()
    |> filter(fn: (r) => r._measurement == "equity")
    |> filter(fn: (r) => r._field == "equity" or r._field == "cash" or r._field == "realised" or r._field == "unrealised" or r._field == "drawdown" or r._field == "fees" or r._field == "yes_settled" or r._field == "yes_pending" or r._field == "no_settled" or r._field == "no_pending")
    |> aggregateWindow(every: 1m, fn: last, createEmpty: false)
    |> to(bucket: toBucket)
    |> yield(name: "equity")

// How much of it there was in each minute.
events()
    |> filter(fn: (r) => r._measurement == "fills")
    |> filter(fn: (r) => r._field == "size" or r._field == "fee" or r._field == "gas_cost_usd")
    |> aggregateWindow(every: 1m, fn: sum, createEmpty: false)
    |> to(bucket: toBucket)
    |> yield(name: "fills")

events()
    |> filter(fn: (r) => r._measurement == "feed")
    |> filter(fn: (r) => r._field == "messages" or r._field == "level_changes" or r._field == "prints" or r._field == "damaged" or r._field == "gaps" or r._field == "hash_mismatches")
    |> aggregateWindow(every: 1m, fn: sum, createEmpty: false)
    |> to(bucket: toBucket)
    |> yield(name: "feed")

events()
    |> filter(fn: (r) => r._measurement == "stale_quotes")
    |> filter(fn: (r) => r._field == "exposure_share_s")
    |> aggregateWindow(every: 1m, fn: sum, createEmpty: false)
    |> to(bucket: toBucket)
    |> yield(name: "stale_quotes")

// The mean of each minute.
events()
    |> filter(fn: (r) => r._measurement == "markouts")
    |> filter(fn: (r) => r._field == "cost_cents" or r._field == "cost_bps")
    |> aggregateWindow(every: 1m, fn: mean, createEmpty: false)
    |> to(bucket: toBucket)
    |> yield(name: "markouts")

events()
    |> filter(fn: (r) => r._measurement == "orders" or r._measurement == "rejections")
    |> filter(fn: (r) => r._field == "latency_ms")
    |> aggregateWindow(every: 1m, fn: mean, createEmpty: false)
    |> to(bucket: toBucket)
    |> yield(name: "latency")

// How many events of each kind there were: every event has `seq`, so it is what is counted, and the
// count is a field of its own.
events()
    |> filter(fn: (r) => r._field == "seq")
    |> aggregateWindow(every: 1m, fn: count, createEmpty: false)
    |> toFloat()
    |> set(key: "_field", value: "count")
    |> to(bucket: toBucket)
    |> yield(name: "count")
