"""The only fitting: examples -> a model. Never imported by the service."""
