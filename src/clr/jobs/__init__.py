"""Doing the work that waits: rows of ``registrar.outbox``, chunk after chunk, by whichever process may."""
