"""The front of the daemon: it listens, checks, keeps and hands out, and never computes."""
