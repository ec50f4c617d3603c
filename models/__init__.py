"""Text to features: one small encoder, its heads, and what they read out of an article."""
