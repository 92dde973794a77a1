"""What intake decides: facts, time and ids come in, changes and refusals go out."""
