"""Where things are kept: tables, sessions, changes heard from other processes, files and migrations."""
