"""What the README claims, measured: see __main__.py."""
