"""Figures of a text, in pairs, and which way they go."""
