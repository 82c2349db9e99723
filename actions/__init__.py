"""What Rasa asks the gateway to do: one family of actions per file, registered by `actions.server`."""
