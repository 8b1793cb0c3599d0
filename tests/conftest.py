"""What holds for every test."""

from hypothesis import HealthCheck, settings

# How long an example takes tells of the machine and what else it does, not of the code.
settings.register_profile(
    "any machine",
    parent=settings.default,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("any machine")
