"""A report on runs as one HTML file, readable offline and on paper. ``page.py`` composes it from templates."""
