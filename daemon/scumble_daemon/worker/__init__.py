"""The process that owns torch: takes jobs over a pipe and paints them."""

import os

# Read once, when torch is loaded. Threads of torch that spin while they wait for one another lose
# their turns to every other busy program, an editor for one: the same layers then took fifteen
# times as long on two cores that were shared.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
