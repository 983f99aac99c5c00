"""Dashboards as code: house style, queries made from the catalogue, one file a dashboard."""
