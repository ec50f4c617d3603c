"""The ground: settings, errors, records, topics, delivery, tables, metrics, sources and sinks."""
