"""The belief that a penalty states, in numbers, sentences and one figure."""
