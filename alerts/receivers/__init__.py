"""Receivers: where notifications go."""
