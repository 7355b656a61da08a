"""A run in the formats of other tools; ``formats.py`` lists them. Each is made as bytes, and written by who asked."""
