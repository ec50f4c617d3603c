"""Faust agents, one a file, and the services that they share."""
