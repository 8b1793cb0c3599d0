"""Runs to batches: pure and synchronous."""
