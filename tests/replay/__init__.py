"""What was once written stays readable: golden events, recorded histories, and the command that tells them."""
