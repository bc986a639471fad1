"""A demonstration institution: Northfield University, which is invented."""
