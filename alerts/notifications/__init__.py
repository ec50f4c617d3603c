"""Notifications: who hears of which alert, when, and in which words."""
