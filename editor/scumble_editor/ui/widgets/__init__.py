"""Small fields that several panels use."""
