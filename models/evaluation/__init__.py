"""Evaluation: what the model reaches on rows that nothing was trained on or chosen by."""
