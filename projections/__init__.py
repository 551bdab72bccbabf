"""What can be read quickly. Everything here follows from the ledgers and can be thrown away and built again."""
