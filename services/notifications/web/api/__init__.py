"""The JSON API: a file per resource."""
