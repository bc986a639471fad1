"""What the institution does: each public function is one act, done whole or not at all. No network."""
