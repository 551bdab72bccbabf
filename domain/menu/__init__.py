"""The menu: categories, items, option groups, prices, and what is 86'd tonight."""
