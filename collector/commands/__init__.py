"""Commands that answer and end: what they say is returned as text, ``__main__`` prints it."""
