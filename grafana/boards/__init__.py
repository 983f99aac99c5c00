"""The dashboards, one file each; `build()` gives back the dashboard."""
