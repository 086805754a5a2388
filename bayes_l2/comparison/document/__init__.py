"""A comparison as a document that can be handed in: its content, HTML and Markdown."""
