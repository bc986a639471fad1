"""What both HTTP doors share: who calls, how bodies are read, how refusals are told."""
