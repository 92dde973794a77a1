"""A clinic as the command line sees it: its folder, its services, its addresses."""
