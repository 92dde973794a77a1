"""Pages of the documentation that are written by machine, from the code they describe."""
