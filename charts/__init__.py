"""A figure's data in, PNG bytes out."""
