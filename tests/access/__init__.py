"""Who sees and does what: the tables, both walls, and every route for every role and relation."""
