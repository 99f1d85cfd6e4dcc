"""A local Discord: gateway, REST, a page to look at, a simulated community, faults on demand."""
