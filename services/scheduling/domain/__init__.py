"""What scheduling decides. Pure: facts, time and ids come in, decisions and events go out."""
