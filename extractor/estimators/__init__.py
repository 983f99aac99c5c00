"""Pure estimators over an order log, one idea a file: each returns `calibration.Estimate`s."""
