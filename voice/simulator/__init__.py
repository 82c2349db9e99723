"""A carrier on your desk: signs posts and interprets TwiML as the vendor documents it, without our generator's code."""
