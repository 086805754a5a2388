"""The commands of the course: equivalences, exercises, questions."""
