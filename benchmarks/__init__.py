"""What the service costs: a load generator, a sink and a runner for any proxy command."""
