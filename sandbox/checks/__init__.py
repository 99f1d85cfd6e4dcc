"""What Discord checks in a body before it carries a request out."""
