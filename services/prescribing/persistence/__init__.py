"""Where prescribing keeps its aggregates, its facts and the questions it was asked."""
