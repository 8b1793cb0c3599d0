"""What is acknowledged arrives, whatever dies, fills, hangs or refuses in between."""
