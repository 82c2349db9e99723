"""The telephone: the flow of a call, the carrier's webhooks, spoken Vietnamese, and a carrier on your desk."""
