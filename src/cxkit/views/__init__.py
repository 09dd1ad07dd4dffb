"""Views: the drawn map, charts, panels and exports. They show what a measure returns and compute nothing."""
