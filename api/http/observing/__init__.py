"""What those who run the service see of it: metrics, logs, traces, statistics. Start at `observe`."""
