"""OTLP from the socket to spans."""
