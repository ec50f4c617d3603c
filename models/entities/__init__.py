"""Whom and what an article names: the gazetteer, and the evidence that a word is meant as a name."""
