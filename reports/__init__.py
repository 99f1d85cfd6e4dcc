"""What it means: periods, populations, KPIs, reports as plain data. Knows neither Discord nor drawing."""
