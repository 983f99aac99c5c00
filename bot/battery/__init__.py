"""The battery before the next step up in capital: calibrated paper over tapes and stress cases.

`cases` says what is played, `rig` plays it, `gauge` measures it, `evidence` and `verdict` judge it
against `criteria`; `command` is the edge. Everything but the edge is a function of its inputs: the
same files and seed give the same verdict. docs/battery.md gives the reason for each threshold.
"""
