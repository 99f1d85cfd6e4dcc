"""What `insights doctor` looks at: each finding says how it is, and what to do where it is not well."""
