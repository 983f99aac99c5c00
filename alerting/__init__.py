"""Alerts: rules and routing made from the metric catalogue, and a watchdog for cron."""
