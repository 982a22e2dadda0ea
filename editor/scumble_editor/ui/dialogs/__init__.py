"""Questions to the painter; none of them stops the program."""
