"""The resident inference daemon."""
