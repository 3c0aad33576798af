"""How delivered files become the published warehouse: ``python -m etl``."""
