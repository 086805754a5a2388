"""The routes to a fit. Each is one module, and no route imports another."""
