"""Kill the alert role again and again, on real Kafka."""

from benchmarks.kills.program import main

__all__ = ["main"]
