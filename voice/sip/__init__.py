"""An optional door for softphones: SIP and RTP on this machine, joined to the gateway as a carrier would join them."""
