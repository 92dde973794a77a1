"""How intake folds what it hears, and what it does about it."""
