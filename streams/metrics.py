"""Every Prometheus metric, typed and documented in one place."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

EVENTS = Counter("tidewatch_events", "Events whose outputs were confirmed and that were acknowledged.", ["agent"])
IN_FLIGHT = Gauge("tidewatch_in_flight", "Events taken and not yet confirmed.", ["agent"])
SETTLE_SECONDS = Histogram(
    "tidewatch_settle_seconds",
    "From taking an event to the confirmation of all its outputs.",
    ["agent"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120),
)
DEAD_LETTERS = Counter("tidewatch_dead_letters", "Messages put aside, by reason.", ["topic", "reason"])
LAG = Gauge(
    "tidewatch_lag",
    "Messages between the committed offset and the end of a partition, less those that have lapsed.",
    ["topic", "partition"],
)
COMMITTED = Gauge(
    "tidewatch_committed_offset", "The committed offset: its progress is liveness.", ["topic", "partition"]
)
BROKER_AWAY = Gauge("tidewatch_broker_away", "1 while no connection to Kafka is open.")
STALLED_SECONDS = Gauge("tidewatch_stalled_seconds", "Time with lag and without a commit; 0 while there is progress.")

BATCH_ARTICLES = Histogram(
    "tidewatch_batch_articles", "Articles in one call of the model.", buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256)
)
BATCH_FILL = Histogram(
    "tidewatch_batch_fill", "Estimated tokens of a batch over its budget.", buckets=(0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 1)
)
PADDING_SHARE = Histogram(
    "tidewatch_padding_share",
    "Share of the tokens in one call's passes that are padding.",
    buckets=(0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5),
)
BATCH_SECONDS = Histogram("tidewatch_batch_seconds", "Time the model took for one batch.")
QUEUE_AGE_SECONDS = Histogram(
    "tidewatch_queue_age_seconds",
    "How long the oldest article of a batch waited for the model.",
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30),
)
QUEUE_ARTICLES = Gauge("tidewatch_queue_articles", "Articles that wait for the model.")

INDEX_DELAY_SECONDS = Histogram(
    "tidewatch_index_delay_seconds",
    "From the broker's time of a raw article to the acknowledgement of its bulk write.",
    buckets=(0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 5, 10, 30, 60, 300),
)
INDEX_WRITES = Counter("tidewatch_index_writes", "Documents written, by kind and outcome.", ["kind", "outcome"])
INDEX_RETRIES = Counter("tidewatch_index_retries", "Bulk writes tried again because the index was away.", ["kind"])
INDEX_AWAY = Gauge("tidewatch_index_away", "1 while the index does not answer.")
ALERT_TRANSITIONS = Counter("tidewatch_alert_transitions", "Steps of episodes, by kind.", ["kind"])

NOTIFICATIONS = Counter("tidewatch_notifications", "Notifications recorded in the outbox, by kind.", ["kind"])
WITHHELD = Counter(
    "tidewatch_notifications_withheld", "Matches of an alert that were not told, by the reason.", ["reason"]
)
UNSERVED = Counter("tidewatch_subscriptions_unserved", "Steps that failed for one subscription by a fault of ours.")
DELIVERY_TRIES = Counter(
    "tidewatch_delivery_tries", "Tries of deliveries, by channel and outcome.", ["channel", "outcome"]
)
DELIVERY_SECONDS = Histogram(
    "tidewatch_delivery_seconds",
    "Time of one try, by channel.",
    ["channel"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
FIRST_TRY_DELAY_SECONDS = Histogram(
    "tidewatch_first_try_delay_seconds",
    "From the recording of a notification to its first try.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
DELIVERIES_DEAD = Counter(
    "tidewatch_deliveries_dead", "Deliveries given up, by channel and last outcome.", ["channel", "outcome"]
)
OUTBOX_WAITING = Gauge("tidewatch_outbox_waiting", "Notifications that wait for a try.")
BREAKERS_OPEN = Gauge("tidewatch_breakers_open", "Endpoints that are left alone for a while after failures in a row.")
TEMPLATES_FAILED = Counter("tidewatch_templates_failed", "Renderings that fell back to the built-in template.")

SUMMARIES_REFUSED = Counter(
    "tidewatch_summaries_refused", "Abstractive summaries for which the extractive one stood in, by reason.", ["reason"]
)
