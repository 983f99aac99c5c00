"""What may not happen: limits, the controls before every order, and the kill switch. All pure."""
