"""Everything that can be done, as one table of data."""
