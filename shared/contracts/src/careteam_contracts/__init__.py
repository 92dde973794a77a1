"""Events, questions and envelope that the services of careteam share with each other and with integrators."""
