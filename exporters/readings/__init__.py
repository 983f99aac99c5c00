"""What each subject's metrics read from events. A reading keeps only what a later event needs."""
