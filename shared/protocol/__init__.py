"""The clinic's protocol: versioned data with floors, the one clinical thing all services share."""
