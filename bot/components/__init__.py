"""What Rasa's own process loads: its launcher and our graph components. Nothing of the gateway imports this package."""
