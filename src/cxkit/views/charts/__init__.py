"""The charts: one for each measure worth seeing. Each takes what the measure returns, and computes nothing."""
