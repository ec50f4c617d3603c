"""Where news comes from: feeds, files, and the scripted day."""
