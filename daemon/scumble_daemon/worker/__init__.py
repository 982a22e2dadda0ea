"""The process that owns torch: takes jobs over a pipe and paints them."""
