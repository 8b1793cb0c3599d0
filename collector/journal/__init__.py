"""Owns what was acknowledged until it is done."""
