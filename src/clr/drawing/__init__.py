"""Badges and pathways as pictures: pure functions that return text, the same bytes for the same arguments."""
