"""Checkpoints: which there are, what they can do, and the memory they take."""
