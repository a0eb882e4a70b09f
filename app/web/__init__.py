"""The only place that knows HTTP: it reads, calls core, writes and answers."""
