"""An order: the kitchen's life of it, from placed to handed over. Its money is the bill's."""
