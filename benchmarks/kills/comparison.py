"""What came out after all kills, beside what one process that nobody disturbed makes of the same feed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from benchmarks.bursts import Feed, Taken
from benchmarks.kills.receiver import Receiver
from streams.alerting import AlertTransition
from streams.subscriptions import Subscription

Told = Mapping[tuple[str, str], set[str]]
"""Of each subscription and step the notifications that told it."""


@dataclass(slots=True)
class Report:
    """Be what was found at the end; no fault means that all promises were kept."""

    mentions: int
    kills: int = 0
    early_kills: int = 0
    kills_with_open_requests: int = 0
    restart_s: list[float] = field(default_factory=list)
    """From the start of the process to the first mention that it counted."""
    episodes: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    steps_sent_again: int = 0
    notifications: int = 0
    requests_repeated: int = 0
    answered_with_errors: int = 0
    left_hanging: int = 0
    untold_groups: int = 0
    """Openings that a subscription which waits for company did not tell, as the episode had ended meanwhile."""
    took_s: float = 0.0
    fed_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When the subscriptions were known, and the feed began."""
    faults: list[str] = field(default_factory=list)


def compare_steps(feed: Feed, found: dict[str, list[AlertTransition]], report: Report) -> None:
    """Hold the steps on the topic against those that had to come."""
    expected = feed.transitions
    report.episodes = len({step.episode_id for step in expected.values()})
    report.steps = Counter(step.kind for step in expected.values())
    report.steps_sent_again = sum(len(steps) - 1 for steps in found.values())
    for key in expected.keys() - found.keys():
        report.faults.append(f"lost: {expected[key].kind} of {expected[key].series} at {expected[key].at}")
    for key in found.keys() - expected.keys():
        step = found[key][0]
        report.faults.append(f"too many: {step.kind} of {step.series} at {step.at}")
    for key in found.keys() & expected.keys():
        for step in found[key]:
            if step != expected[key]:
                wrong = [n for n in type(step).model_fields if getattr(step, n) != getattr(expected[key], n)]
                report.faults.append(f"changed: {step.kind} of {step.series} at {step.at}: {', '.join(wrong)}")


def untold(feed: Feed, subscriptions: Sequence[Subscription], told: Told) -> set[tuple[str, str]]:
    """Return the steps that nobody told a subscription of.

    Who waits for company is told of an episode's latest step in place of earlier ones, and nothing of one that ended.
    """
    steps = feed.transitions
    ended = {step.episode_id for step in steps.values() if step.kind == "resolved"}
    latest: dict[tuple[str, str], int] = {}
    for who, key in told:
        if key in steps:
            episode = (who, steps[key].episode_id)
            latest[episode] = max(latest.get(episode, -1), steps[key].revision)
    missing: set[tuple[str, str]] = set()
    for each in subscriptions:
        who = each.subscription_id
        for key, step in steps.items():
            if step.entity_id not in each.matchers.entities or (who, key) in told:
                continue
            outdated = latest.get((who, step.episode_id), -1) < step.revision
            if each.group_wait_s == 0 or (step.episode_id not in ended and outdated):
                missing.add((who, key))
    return missing


def compare_told(
    feed: Feed,
    subscriptions: Sequence[Subscription],
    receiver: Receiver,
    report: Report,
) -> None:
    """Hold what the receiver took against what every subscription had to be told."""
    told, steps = receiver.told(), feed.transitions
    entities = {str(each.subscription_id): each.matchers.entities for each in subscriptions}
    report.faults += [
        f"not told: {steps[key].kind} {key} to {who}" for who, key in sorted(untold(feed, subscriptions, told))
    ]
    for (who, key), ids in told.items():
        if len(ids) > 1:
            report.faults.append(f"told under {len(ids)} ids: {key} to {who}")
        if key not in steps or steps[key].entity_id not in entities[who]:
            report.faults.append(f"told for nothing: {key} to {who}")
    bodies: dict[str, list[Taken]] = defaultdict(list)
    for taken in receiver.taken:
        if not taken.is_test:
            bodies[taken.notification_id].append(taken)
    for notification_id, requests in bodies.items():
        if any(each.event != requests[0].event or each.event["id"] != notification_id for each in requests):
            report.faults.append(f"the body of {notification_id} changed between requests")
    report.notifications = len(bodies)
    report.requests_repeated = sum(len(requests) - 1 for requests in bodies.values())
    report.answered_with_errors, report.left_hanging = receiver.errors, receiver.hung
    waiting = [str(each.subscription_id) for each in subscriptions if each.group_wait_s]
    report.untold_groups = sum(
        (who, key) not in told
        for who in waiting
        for key, step in steps.items()
        if step.kind == "opened" and step.entity_id in entities[who]
    )
