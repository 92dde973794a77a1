"""A file per resource."""
