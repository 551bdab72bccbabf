"""A bill: the money's life of an order, from due to paid to given back."""
