"""What notifications hears, a file per producer: event, fold, policy."""
