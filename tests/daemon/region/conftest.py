"""Settings of the property tests of region mathematics."""

from hypothesis import settings

settings.register_profile("region", deadline=None)
settings.load_profile("region")
