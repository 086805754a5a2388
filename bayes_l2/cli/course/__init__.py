"""The commands of the course: equivalences, exercises, the explorer, questions."""
