"""Batches to upstream."""
