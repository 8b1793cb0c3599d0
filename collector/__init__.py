"""The service: OTLP in, LangSmith runs out."""

__version__ = "0.1.0"
