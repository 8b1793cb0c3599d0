"""A local LangSmith-compatible API on SQLite, for development, tests and demos."""
