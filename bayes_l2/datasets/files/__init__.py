"""From a path to a table of cells: text, Parquet, Arrow and Excel."""
