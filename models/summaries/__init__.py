"""Summaries: sentences of the article, or written anew and checked against it."""
