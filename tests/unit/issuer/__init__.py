"""What pages and the API say, without a server."""
