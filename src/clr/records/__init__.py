"""Signed learner records: documents, canonical forms, proofs, status, and their verification. Pure."""
