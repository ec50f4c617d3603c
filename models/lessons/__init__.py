"""Lessons: the labelled sets and what is written by rule, mapped to our labels."""
