"""Where results come to rest: the index port, its two implementations, and the bulk writer before them."""
