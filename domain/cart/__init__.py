"""A cart: what a guest means to order. Checking out empties it into an order, and it can be filled again."""
