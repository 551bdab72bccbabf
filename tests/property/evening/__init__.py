"""An evening in a whole house, for properties of the system: its world, what is asked of it, and the audit after it."""
