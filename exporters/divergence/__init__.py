"""DEMO against PROD: a detector that raises an alarm when they part by more than 2x.

The core (`cusum`, `counts`, `means`, `answers`, `detector`) is pure: totals and times in, alarms
out. `docs/divergence.md` says what it promises and what was measured.
"""
