"""Training: from lessons to weights."""
