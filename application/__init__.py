"""What the house can do: every command and who answers it, through ports that others fulfil."""
