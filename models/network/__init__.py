"""The encoder and its heads: texts to tokens, tokens to means, means to labels."""
