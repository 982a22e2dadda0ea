"""Pipelines on diffusers components that diffusers itself has not, or no longer supports."""
