"""Where orders go: the paper venue and the real one, which do not know each other."""
