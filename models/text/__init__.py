"""What the words of an article say by themselves: text made readable, sentences, clauses, lists and dates."""
