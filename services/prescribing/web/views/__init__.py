"""What the API shows: amounts, vitals and scores only here, never on the bus."""
