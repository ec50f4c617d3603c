"""Detection: mentions to episodes, without I/O and without a clock."""
