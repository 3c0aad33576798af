"""Who may see what this server offers."""
