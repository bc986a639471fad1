"""Measurements side by side: ours and a baseline in one run, results compared before times are."""
