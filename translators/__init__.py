"""From an OTLP span to a LangSmith run. Pure: no sockets, files, clocks, tasks, protobuf."""
