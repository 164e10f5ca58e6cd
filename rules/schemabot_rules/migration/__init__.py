"""Rules about migration files: names and order, headers, transactions, and what does not belong into them."""
