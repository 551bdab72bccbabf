"""What the restaurant knows: pure rules, no clock, no I/O, nothing but values in and facts out."""
