"""What holds for every test."""

import signal

# A suite started in the background of a shell ignores Ctrl-C, and so would every program that the
# tests start and then interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
