"""The watchdog for cron: reads both bots itself and posts to Discord, without Prometheus."""
