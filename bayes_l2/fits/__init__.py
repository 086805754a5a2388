"""The routes to a fit, one a module. They never import each other."""
