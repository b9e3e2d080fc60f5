"""How the shipped numbers were found and are watched, on the measuring data beside the project."""
